"""In the administration nobody gives a right they lack, nor touches who ranks above.

Each way in is driven by staff with permissions on users and groups, but no others.
"""

from types import SimpleNamespace

import django
import pytest
from django.contrib import admin
from django.contrib.auth import admin as auth_admin
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import include, path, reverse

from starterkit_core.admin import added_fields
from starterkit_core.db.databases import rows_of
from starterkit_core.models import AuditEvent
from starterkit_core.signals import roles_changed
from starterkit_users.models import AbstractUser, PhoneField
from starterkit_users.ranked_admin import RankedGroupAdmin, RankedUserAdmin
from starterkit_users.services.ranks import rights_of

User = get_user_model()

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.urls(__name__),
    pytest.mark.skipif(
        not hasattr(User, "user_permissions"), reason="a user here has no permissions"
    ),
]

FLAGS = {"is_active", "is_staff", "is_superuser"}
RIGHTS = FLAGS | {"groups", "user_permissions"}
NEW = "a rose is a rose is a"
OURS = issubclass(User, AbstractUser)
OF_A_HOST = dict.fromkeys(added_fields(User, AbstractUser) if OURS else (), "7")
COLUMNS = {it.name for it in User._meta.concrete_fields}
ADDRESS = User.get_email_field_name()
if ADDRESS not in COLUMNS:
    ADDRESS = User.USERNAME_FIELD
HAS_NUMBERS = isinstance(User._meta.get_field(User.USERNAME_FIELD), PhoneField)
ANOTHER = "+5511961234567" if HAS_NUMBERS else "new@example.com"


class Membership(admin.TabularInline):
    """An inline of the host, which no form of ours sees."""

    model = User.groups.through
    extra = 0
    verbose_name = "membership"


@admin.action(description="close")
def close(model_admin, request, queryset):
    queryset.update(is_active=False)


@admin.action(description="count", permissions=["view"])
def count(model_admin, request, queryset):
    model_admin.message_user(request, f"counted {queryset.count()}")


class HostUserAdmin(RankedUserAdmin, auth_admin.UserAdmin):
    """The administration of a host, with every way to change an account."""

    ordering = ("pk",)
    search_fields = ()
    list_display = (ADDRESS, "is_staff", "is_superuser", "is_active")
    list_editable = ("is_staff", "is_superuser", "is_active")
    list_display_links = (ADDRESS,)
    list_filter = ()
    actions = (close, count)
    inlines = (Membership,)
    fieldsets = ((None, {"fields": (ADDRESS, *sorted(RIGHTS), *OF_A_HOST)}),)
    add_fieldsets = (
        (
            None,
            {
                "fields": (
                    User.USERNAME_FIELD,
                    "usable_password",
                    "password1",
                    "password2",
                    *sorted(RIGHTS),
                    *OF_A_HOST,
                )
            },
        ),
    )


class HostGroupAdmin(RankedGroupAdmin, auth_admin.GroupAdmin):
    """The administration of groups of a host."""


class ForgetfulAdmin(HostUserAdmin):
    """A host that replaces the form and shows every field."""

    inlines = ()

    def get_form(self, *args, **kwargs):
        return auth_admin.UserAdmin.get_form(self, *args, **kwargs)

    def get_readonly_fields(self, request, obj=None):
        return ()

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        return db_field.formfield()


if OURS:
    from starterkit_users.admin import UserChangeForm, UserCreationForm

    HostUserAdmin.form, HostUserAdmin.add_form = UserChangeForm, UserCreationForm

site = admin.AdminSite("office")
site.register(User, HostUserAdmin)
site.register(Group, HostGroupAdmin)
forgetful = admin.AdminSite("forgetful")
forgetful.register(User, ForgetfulAdmin)

urlpatterns = [
    path("forgetful/", forgetful.urls),
    path("admin/", admin.site.urls),
    path("office/", site.urls),
    path("", include("starterkit_core.urls")),
]

LIST, ADD, CHANGE, DELETE = (
    f"office:{User._meta.app_label}_{User._meta.model_name}_{page}"
    for page in ("changelist", "add", "change", "delete")
)


def permission(name):
    app, codename = name.split(".")
    return Permission.objects.get(content_type__app_label=app, codename=codename)


ON_USERS = [
    f"{User._meta.app_label}.{act}_{User._meta.model_name}"
    for act in ("add", "change", "delete", "view")
]
ON_GROUPS = [f"auth.{act}_group" for act in ("add", "change", "delete", "view")]
LACKED = "contenttypes.delete_contenttype"


@pytest.fixture
def staff(make_user):
    """Staff with every permission on users and groups, and no other."""
    user = make_user(is_staff=True, is_superuser=False, is_active=True)
    user.user_permissions.set(map(permission, [*ON_USERS, *ON_GROUPS]))
    return user


@pytest.fixture
def chief(make_user):
    return make_user(is_staff=True, is_superuser=True, is_active=True)


@pytest.fixture
def clerk(make_user):
    """Who has no right that the staff lacks."""
    return make_user(is_staff=True, is_superuser=False, is_active=True)


@pytest.fixture
def auditor(make_user):
    """Who has one permission that the staff lacks."""
    user = make_user(is_staff=True, is_superuser=False, is_active=True)
    user.user_permissions.add(permission(LACKED))
    return user


@pytest.fixture
def keepers():
    """A group with a permission that the staff lacks."""
    group = Group.objects.create(name="keepers")
    group.permissions.add(permission(LACKED))
    return group


@pytest.fixture
def readers():
    """A group with a permission that the staff has."""
    group = Group.objects.create(name="readers")
    group.permissions.add(permission(ON_USERS[3]))
    return group


@pytest.fixture
def office(staff):
    return browser_of(staff)


def browser_of(user):
    browser = Client()
    browser.force_login(user, "django.contrib.auth.backends.ModelBackend")
    return browser


def saved(user):
    return rows_of(User).get(pk=user.pk)


def form_of(user, **changes):
    """What a browser sends from the change form, with the changes of an attacker."""
    user = saved(user)
    fields = {name: "on" for name in FLAGS if getattr(user, name)}
    fields |= {ADDRESS: getattr(user, ADDRESS), **OF_A_HOST, **inline_of(user)}
    return {name: it for name, it in (fields | changes).items() if it != ""}


def own_form_of(user, **changes):
    """The same for one's own account, where the browser shows no field of rights."""
    names = RIGHTS - changes.keys()
    return {k: v for k, v in form_of(user, **changes).items() if k not in names}


def inline_of(user, *, added=None):
    prefix = f"{User.__name__}_groups"
    sizes = {"TOTAL_FORMS": int(added is not None), "INITIAL_FORMS": 0}
    fields = {f"{prefix}-{name}": size for name, size in sizes.items()}
    if added is not None:
        fields |= {f"{prefix}-0-group": added.pk, f"{prefix}-0-id": ""}
    return fields


def change(browser, user, form):
    return browser.post(reverse(CHANGE, args=[user.pk]), form)


def errors_in(page):
    return " ".join(str(it) for it in page.context["errors"])


def test_may_change_who_has_no_right_beyond_theirs(office, clerk, readers):
    given = [permission(ON_USERS[3]).pk]

    page = change(
        office, clerk, form_of(clerk, groups=[readers.pk], user_permissions=given)
    )

    assert page.status_code == 302, errors_in(page)
    assert rights_of(clerk) == {"is_staff", ON_USERS[3]}


@pytest.mark.django_db(transaction=True)
def test_tells_which_roles_changed(office, staff, clerk, make_role, received):
    signals, group = received(roles_changed), Group.objects.create(name="choir")
    role = Group.objects.get(starterkit_role__key=make_role("support"))

    change(office, clerk, form_of(clerk, groups=[role.pk, group.pk]))
    change(office, clerk, form_of(clerk, groups=[role.pk]))

    [facts] = signals
    assert (facts["former"], facts["roles"]) == ([], ["support"])
    event = AuditEvent.objects.get(action="users.roles_changed")
    assert (event.actor_id, event.subject_id) == (str(staff.pk), str(clerk.pk))


@pytest.mark.parametrize("flag", ["is_superuser"])
def test_cannot_make_another_user_a_superuser(office, clerk, flag):
    page = office.get(reverse(CHANGE, args=[clerk.pk]))
    assert flag not in page.context["adminform"].form.fields

    answer = change(office, clerk, form_of(clerk, **{flag: "on"}))

    assert flag in errors_in(answer)
    assert not getattr(saved(clerk), flag)


@pytest.mark.parametrize("field", ["groups", "user_permissions"])
def test_cannot_give_what_they_lack(office, clerk, keepers, field):
    row = keepers if field == "groups" else permission(LACKED)
    page = office.get(reverse(CHANGE, args=[clerk.pk]))
    assert row not in page.context["adminform"].form.fields[field].queryset

    answer = change(office, clerk, form_of(clerk, **{field: [row.pk]}))

    assert "Select a valid choice" in errors_in(answer)
    assert rights_of(clerk) == {"is_staff"}


def test_an_inline_of_the_host_gives_no_more(office, clerk, keepers, readers):
    refused = change(office, clerk, form_of(clerk) | inline_of(clerk, added=keepers))
    given = change(office, clerk, form_of(clerk) | inline_of(clerk, added=readers))

    assert (refused.status_code, given.status_code) == (403, 302)
    assert [*clerk.groups.all()] == [readers]


@pytest.mark.parametrize("field", sorted(RIGHTS))
def test_cannot_change_their_own_rights(office, staff, readers, field):
    page = office.get(reverse(CHANGE, args=[staff.pk]))
    assert field not in page.context["adminform"].form.fields
    before = rights_of(staff)
    value = [readers.pk] if field == "groups" else "on"

    answer = change(office, staff, own_form_of(staff, **{field: value}))

    assert field in errors_in(answer)
    assert rights_of(staff) == before


def test_may_change_what_else_is_in_their_own_account(office, staff):
    form = own_form_of(staff, **{ADDRESS: ANOTHER})

    answer = change(office, staff, form)

    assert answer.status_code == 302, errors_in(answer)
    assert getattr(saved(staff), ADDRESS) == ANOTHER
    assert saved(staff).is_active


@pytest.fixture(params=["chief", "auditor", "closed_chief"])
def above(request, make_user):
    """Another user who has a right that the staff lacks."""
    if request.param == "closed_chief":
        return make_user(is_staff=True, is_superuser=True, is_active=False)
    return request.getfixturevalue(request.param)


def new_address(office, user):
    return change(office, user, form_of(user, **{ADDRESS: "mine@example.com"}))


def new_state(office, user):
    return change(office, user, form_of(user, is_active=""))


def new_password(office, user):
    form = {"usable_password": "true", "password1": NEW, "password2": NEW}
    return office.post(
        reverse("office:auth_user_password_change", args=[user.pk]), form
    )


def removal(office, user):
    return office.post(reverse(DELETE, args=[user.pk]), {"post": "yes"})


def removal_in_a_popup(office, user):
    page = reverse(DELETE, args=[user.pk])
    return office.post(f"{page}?_popup=1", {"post": "yes", "_popup": "1"})


@pytest.mark.parametrize(
    "act", [new_address, new_state, new_password, removal, removal_in_a_popup]
)
def test_cannot_touch_who_ranks_above(office, above, act):
    before = rows_of(User).filter(pk=above.pk).values()[0]

    answer = act(office, above)

    assert answer.status_code == 403
    assert rows_of(User).filter(pk=above.pk).values()[0] == before


def test_sees_who_ranks_above_read_only(office, chief):
    page = office.get(reverse(CHANGE, args=[chief.pk]))

    assert page.status_code == 200
    assert not (RIGHTS | {ADDRESS}) & page.context["adminform"].form.fields.keys()


def selected(office, action, *users, **more):
    keys = [str(user.pk) for user in users]
    form = {"action": action, "_selected_action": keys, "index": 0, **more}
    return office.post(reverse(LIST), form, follow=True)


@pytest.mark.parametrize("action", ["delete_selected", "close"])
def test_no_action_touches_who_ranks_above(office, above, clerk, action):
    page = selected(office, action, clerk, above, post="yes")

    assert "rights that you lack" in page.content.decode()
    assert {saved(clerk).is_active, saved(above).is_active} <= {True, above.is_active}


def test_an_action_runs_on_who_does_not_rank_above(office, clerk):
    selected(office, "close", clerk)

    assert not saved(clerk).is_active


def test_an_action_that_reads_runs_on_every_account(office, chief, clerk):
    page = selected(office, "count", clerk, chief)

    assert [str(it) for it in page.context["messages"]] == ["counted 2"]


def edited_in_the_list(browser, *users, **changes):
    rows = [*rows_of(User).order_by("pk")]
    form = {"form-TOTAL_FORMS": len(rows), "form-INITIAL_FORMS": len(rows)}
    for number, row in enumerate(rows):
        flags = {name: "on" for name in FLAGS if getattr(row, name)}
        flags |= changes if row in users else {}
        named = {f"form-{number}-{name}": it for name, it in flags.items() if it}
        form |= {f"form-{number}-{User._meta.pk.name}": str(row.pk), **named}
    return browser.post(reverse(LIST), form | {"_save": "Save"})


def test_an_editable_list_changes_who_does_not_rank_above(office, clerk):
    answer = edited_in_the_list(office, clerk, is_active="")

    assert answer.status_code == 302
    assert not saved(clerk).is_active


def test_an_editable_list_gives_no_more(office, clerk):
    answer = edited_in_the_list(office, clerk, is_superuser="on")

    assert answer.status_code == 200
    assert "rights that you lack" in answer.content.decode()
    assert not saved(clerk).is_superuser


def test_an_editable_list_touches_none_who_ranks_above(office, above):
    answer = edited_in_the_list(office, above, is_staff="")

    assert saved(above).is_staff
    if django.VERSION < (6, 1):  # later ones ask for the permission of each row, too
        assert answer.status_code == 200
        assert "rights that you lack" in answer.content.decode()


@pytest.mark.parametrize("change", [{"is_superuser": "on"}, {"is_active": ""}])
def test_an_editable_list_keeps_ones_own_rights(office, staff, change):
    answer = edited_in_the_list(office, staff, **change)

    assert answer.status_code == 200
    assert "cannot change your own rights" in answer.content.decode()
    assert (saved(staff).is_superuser, saved(staff).is_active) == (False, True)


def added(browser, **more):
    body = {User.USERNAME_FIELD: ANOTHER, "usable_password": "true"}
    body |= {"password1": NEW, "password2": NEW, **OF_A_HOST, **more}
    body |= inline_of(None)
    answer = browser.post(reverse(ADD), body)
    name = {User.USERNAME_FIELD: ANOTHER}
    return SimpleNamespace(answer=answer, user=rows_of(User).filter(**name).first())


def test_adds_an_account_with_rights_of_theirs(office, readers):
    made = added(office, is_staff="on", is_active="on", groups=[readers.pk])

    assert made.answer.status_code == 302, errors_in(made.answer)
    assert rights_of(made.user) == {"is_staff", ON_USERS[3]}


@pytest.mark.parametrize("field", ["is_superuser", "groups", "user_permissions"])
def test_adds_no_account_that_ranks_above(office, keepers, field):
    rows = {"groups": [keepers.pk], "user_permissions": [permission(LACKED).pk]}

    made = added(office, is_active="on", **{field: rows.get(field, "on")})

    assert made.answer.status_code == 200
    assert made.user is None


@pytest.mark.parametrize("field", ["is_superuser", "groups", "user_permissions"])
def test_what_a_host_shows_is_refused_when_it_is_saved(office, clerk, keepers, field):
    rows = {"groups": [keepers.pk], "user_permissions": [permission(LACKED).pk]}
    form = form_of(clerk, **{field: rows.get(field, "on")})

    answer = office.post(
        reverse(CHANGE.replace("office", "forgetful"), args=[clerk.pk]), form
    )

    assert answer.status_code == 403
    assert rights_of(clerk) == {"is_staff"}


def test_a_superuser_gives_every_right(chief, clerk, keepers):
    form = form_of(clerk, is_superuser="on", groups=[keepers.pk])

    answer = change(browser_of(chief), clerk, form)

    assert answer.status_code == 302, errors_in(answer)
    assert rights_of(clerk) >= {"is_superuser", LACKED}


def test_a_superuser_may_step_down_while_another_stays(chief, make_user):
    form = form_of(chief, is_superuser="")
    last = change(browser_of(chief), chief, form)
    assert "last superuser" in errors_in(last)

    make_user(is_staff=True, is_superuser=True, is_active=True)
    answer = change(browser_of(chief), chief, form)

    assert answer.status_code == 302
    assert not saved(chief).is_superuser


def test_the_last_superuser_is_neither_closed_nor_deleted(chief):
    browser = browser_of(chief)

    closed = change(browser, chief, form_of(chief, is_active=""))
    deleted = removal(browser, chief)
    selected(browser, "delete_selected", chief, post="yes")

    assert "last superuser" in errors_in(closed)
    assert deleted.status_code == 403
    assert saved(chief).is_active


def test_all_superusers_together_are_not_deleted(chief, make_user):
    second = make_user(is_staff=True, is_superuser=True, is_active=True)

    answer = selected(browser_of(chief), "delete_selected", chief, second, post="yes")

    assert answer.status_code == 403
    assert {saved(chief), saved(second)} == {chief, second}


def test_all_superusers_together_do_not_step_down_in_the_list(chief, make_user):
    second = make_user(is_staff=True, is_superuser=True, is_active=True)

    answer = edited_in_the_list(browser_of(chief), chief, second, is_superuser="")

    assert answer.status_code == 403
    assert saved(chief).is_superuser
    assert saved(second).is_superuser


def by_form(browser, other):
    return change(browser, other, form_of(other, is_superuser=""))


def by_list(browser, other):
    return edited_in_the_list(browser, other, is_superuser="")


def by_action(browser, other):
    return selected(browser, "delete_selected", other, post="yes")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", [by_form, by_list, removal, by_action])
def test_of_two_superusers_who_remove_each_other_at_once_one_stays(
    make_user, at_once, act
):
    chiefs = [make_user(is_staff=True, is_superuser=True) for _ in range(2)]
    browsers = [browser_of(chief) for chief in chiefs]
    for browser in browsers:
        browser.raise_request_exception = False

    def remove_the_other(number):
        return act(browsers[number], chiefs[1 - number]).status_code

    statuses = at_once(2, remove_the_other)

    assert max(statuses) < 500
    left = rows_of(User).filter(is_superuser=True, is_active=True)
    assert left.count() == 1


def change_group(browser, group, *names):
    page = reverse("office:auth_group_change", args=[group.pk])
    given = [permission(name).pk for name in names]
    return browser.post(page, {"name": group.name, "permissions": given})


def test_puts_no_permission_into_a_group_that_they_lack(office, staff, readers):
    staff.groups.add(readers)

    refused = change_group(office, readers, LACKED)
    given = change_group(office, readers, *ON_USERS)

    assert "Select a valid choice" in errors_in(refused)
    assert given.status_code == 302
    assert rights_of(readers) == {*ON_USERS}


def test_neither_changes_nor_deletes_a_group_that_gives_more(office, keepers):
    changed = change_group(office, keepers)
    deleted = office.post(
        reverse("office:auth_group_delete", args=[keepers.pk]), {"post": "yes"}
    )

    assert (changed.status_code, deleted.status_code) == (403, 403)
    assert rights_of(keepers) == {LACKED}


@pytest.mark.skipif(not OURS, reason="the administration is that of the host")
def test_both_are_in_force_where_the_user_model_is_ours():
    for model in (User, Group):
        kind = type(admin.site.get_model_admin(model)).__mro__
        assert {RankedUserAdmin, RankedGroupAdmin} & {*kind}


def test_a_backend_of_the_host_gives_rank(office, clerk, settings):
    settings.AUTHENTICATION_BACKENDS = [
        "django.contrib.auth.backends.ModelBackend",
        f"{__name__}.Directory",
    ]
    Directory.name = str(clerk.pk)

    answer = new_password(office, clerk)

    assert answer.status_code == 403


class Directory:
    """A backend that gives one user a permission that no row has."""

    name = ""

    def get_all_permissions(self, user, obj=None):
        return {"shop.close_the_books"} if str(user.pk) == self.name else set()

    def get_user(self, user_id):
        return None
