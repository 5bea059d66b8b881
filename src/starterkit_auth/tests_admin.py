"""Sessions in the Django admin: to be read, searched, and ended by person."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import include, path, reverse
from django.utils import timezone
from django.utils.html import escape

from starterkit_auth.admin import EmailAddressAdmin, SessionAdmin
from starterkit_auth.conftest import open_session
from starterkit_auth.models import EmailAddress, PendingRegistration, session_model
from starterkit_auth.services import addresses, sessions, user_addresses
from starterkit_core.admin import AuditEventAdmin, BoundedPaginator
from starterkit_core.models import AuditEvent
from starterkit_core.services import audit
from starterkit_core.utils.client import Client

pytestmark = pytest.mark.django_db


class BusyAdmin(SessionAdmin):
    """A session is opened while the action runs."""

    actions = ("look",)

    @admin.action(description="Look")
    def look(self, request, queryset):
        open_session(request.user)
        self.message_user(request, f"{queryset.count()} looked at")


site = admin.AdminSite()
busy_site = admin.AdminSite("busy")
busy_site.register(session_model(), BusyAdmin)
site.register(session_model(), SessionAdmin)
site.register(AuditEvent, AuditEventAdmin)
site.register(EmailAddress, EmailAddressAdmin)
site.register(get_user_model(), admin.ModelAdmin)

urlpatterns = [
    path("admin/", site.urls),
    path("busy/", busy_site.urls),
    path("api/", include("starterkit_core.urls")),
]


@pytest.fixture(autouse=True)
def own_urls(settings):
    """A host's own site, so that every user model and session model is in it."""
    settings.ROOT_URLCONF = __name__


@pytest.fixture
def staff(client, make_user):
    """Return a function that signs a user with these permissions in to the admin."""

    def sign_in(*permissions, **fields):
        user = make_user(is_staff=True, **fields)
        codenames = [name.rpartition(".")[2] for name in permissions]
        user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
        client.force_login(user)
        client.user = user
        return client

    return sign_in


@pytest.fixture
def superuser(staff):
    return staff(is_superuser=True)


def page(kind, model=None, *args):
    opts = (model or session_model())._meta
    return reverse(f"admin:{opts.app_label}_{opts.model_name}_{kind}", args=args)


def rows_of(response):
    assert response.status_code == HTTPStatus.OK
    return {row.pk for row in response.context["cl"].result_list}


def test_shows_sessions_without_their_secrets(superuser, opened):
    session = opened.session

    listed = superuser.get(page("changelist"))
    shown = superuser.get(page("change", None, session.pk))

    for response in (listed, shown):
        text = response.content.decode()
        assert response.status_code == HTTPStatus.OK
        assert session.auth_hash not in text
        assert bytes(session.salt).hex() not in text
    assert rows_of(listed) == {session.pk}
    assert "bearer" in shown.content.decode() or "tokens" in shown.content.decode()


def test_lets_no_administrator_add_change_or_delete_one(superuser, opened):
    key = opened.session.pk

    answers = [
        superuser.get(page("add")),
        superuser.post(page("add"), {}),
        superuser.post(page("change", None, key), {"revoke_reason": "x"}),
        superuser.get(page("delete", None, key)),
        superuser.post(page("delete", None, key), {"post": "yes"}),
    ]

    assert {answer.status_code for answer in answers} == {HTTPStatus.FORBIDDEN}
    assert session_model().objects.get().revoke_reason == ""


@pytest.mark.needs_address
def test_finds_by_the_whole_of_an_address_or_an_id(
    superuser, opened, open_for, make_user, member
):
    other = open_for(make_user()).session
    mine = opened.session

    def found(term):
        return rows_of(superuser.get(page("changelist"), {"q": term}))

    assert found(user_addresses.address_of(member).upper()) == {mine.pk}
    assert found(str(member.pk)) == {mine.pk}
    assert found(str(other.pk)) == {other.pk}
    assert found(f" {other.pk.hex} ") == {other.pk}
    assert found("") == {mine.pk, other.pk}
    for nothing in ("nobody@example.com", "not an @ address", "person", "%", "9" * 30):
        assert found(nothing) == set()


@pytest.mark.needs_address
def test_neither_counts_nor_scans_the_whole_table(superuser, open_for, member):
    for _ in range(3):
        open_for(member)

    with CaptureQueriesContext(connection) as queries:
        superuser.get(page("changelist"), {"q": user_addresses.address_of(member)})

    table = session_model()._meta.db_table
    counts = [q["sql"] for q in queries if "COUNT" in q["sql"] and table in q["sql"]]
    assert all("LIMIT 10000" in sql for sql in counts)
    assert not [q["sql"] for q in queries if "UPPER(" in q["sql"] and table in q["sql"]]
    assert len(queries) <= 8


def test_counts_no_further_than_the_limit_of_the_paginator(
    open_for, member, monkeypatch
):
    monkeypatch.setattr(BoundedPaginator, "LIMIT", 2)
    for _ in range(3):
        open_for(member)
    rows = session_model().objects.order_by("pk")

    assert BoundedPaginator(rows, 100).count == 2


def test_shows_a_page_at_a_fixed_number_of_queries(superuser, open_for, make_user):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            superuser.get(page("changelist"))
        return len(queries)

    open_for(make_user())
    few = cost()
    for _ in range(5):
        open_for(make_user())

    assert cost() == few


@pytest.fixture
def end(open_for):
    """Return a function that chooses the action for one session."""

    def post(client, session):
        data = {"action": "end_sessions", "_selected_action": [str(session.pk)]}
        return client.post(page("changelist"), data, HTTP_USER_AGENT="Firefox")

    return post


def live_of(user):
    return session_model().objects.of(user).live_at(timezone.now()).count()


def test_the_action_ends_all_sessions_of_a_user(
    superuser, end, open_for, member, opened
):
    open_for(member)
    bystander = open_for(superuser.user)

    response = end(superuser, opened.session)

    event = AuditEvent.objects.get(action="auth.sessions_ended")
    assert response.status_code == HTTPStatus.FOUND
    assert live_of(member) == 0
    assert sessions.is_open(bystander.session, timezone.now())
    assert event.actor_id == str(superuser.user.pk)
    assert event.subject_id == str(member.pk)
    assert event.facts == {"number": 2, "reason": "ended_by_administrator"}
    assert event.user_agent == "Firefox"


@pytest.fixture
def end_all(superuser):
    """Return a function that chooses the action for every row of the list."""

    def post(session, **fields):
        data = {
            "action": "end_sessions",
            "select_across": "1",
            "index": "0",
            "_selected_action": [str(session.pk)],
        }
        return superuser.post(page("changelist"), data | fields, follow=True)

    return post


def test_an_action_on_all_rows_takes_those_that_the_page_counted(
    superuser, end_all, open_for, member, make_user
):
    rows = [open_for(user).session for user in (member, make_user(), make_user())]
    form = superuser.get(page("changelist")).context["action_form"]
    counted = form.fields["counted"].initial

    end_all(rows[0], counted=counted)

    assert counted == 3
    assert not session_model().objects.live_at(timezone.now()).exists()


def test_an_action_on_all_rows_is_refused_if_there_are_more_by_now(
    end_all, open_for, member, make_user
):
    rows = [open_for(user).session for user in (member, make_user(), make_user())]

    answers = [end_all(rows[0], counted=text) for text in ("2", "x", "-1", "9" * 5000)]

    for answer in answers[:3]:
        assert "Nothing was done" in answer.content.decode()
    assert session_model().objects.live_at(timezone.now()).count() == 3


def test_an_action_on_all_rows_takes_none_that_is_added_meanwhile(superuser, opened):
    url = page("changelist").replace("admin", "busy", 1)
    named = {"_selected_action": [str(opened.session.pk)], "select_across": "1"}

    answer = superuser.post(url, {"action": "look", "index": "0"} | named, follow=True)

    assert "1 looked at" in answer.content.decode()
    assert session_model().objects.count() == 2


def test_an_action_on_more_rows_than_it_takes_at_once_is_refused(
    end_all, open_for, make_user, monkeypatch
):
    monkeypatch.setattr(SessionAdmin, "list_per_page", 2)
    monkeypatch.setattr(SessionAdmin, "most_at_once", 3)
    rows = [open_for(make_user()).session for _ in range(4)]

    answer = end_all(rows[0])

    text = answer.content.decode()
    assert "Nothing was done" in text
    assert "Select all 4 sessions (an action takes 3 at most)" in text
    assert session_model().objects.live_at(timezone.now()).count() == 4


def test_an_action_on_too_many_named_rows_is_refused(
    end_all, open_for, make_user, monkeypatch
):
    monkeypatch.setattr(SessionAdmin, "most_at_once", 2)
    rows = [open_for(make_user()).session for _ in range(3)]
    named = {"select_across": "0", "_selected_action": [row.pk for row in rows]}

    answer = end_all(rows[0], **named)
    live = session_model().objects.live_at(timezone.now()).count()
    end_all(rows[0], **named | {"_selected_action": [row.pk for row in rows[:2]]})

    assert "Nothing was done" in answer.content.decode()
    assert live == 3
    assert session_model().objects.live_at(timezone.now()).count() == 1


def test_the_action_needs_the_permission_to_change_sessions(staff, end, opened, member):
    view, change = (
        f"{verb}_{session_model()._meta.model_name}" for verb in ("view", "change")
    )

    reader = staff(view)
    shown = reader.get(page("changelist")).content.decode()
    end(reader, opened.session)
    assert live_of(member) == 1
    assert "end_sessions" not in shown

    end(staff(view, change), opened.session)
    assert live_of(member) == 0


def test_is_forbidden_without_the_permission_to_view(staff, opened):
    client = staff()

    assert client.get(page("changelist")).status_code == HTTPStatus.FORBIDDEN
    assert (
        client.get(page("changelist", AuditEvent)).status_code == HTTPStatus.FORBIDDEN
    )


def test_sessions_do_not_keep_a_user_from_being_deleted(superuser, opened, member):
    url = page("delete", get_user_model(), member.pk)

    asked = superuser.get(url)
    response = superuser.post(url, {"post": "yes"})

    assert not asked.context["perms_lacking"]
    assert response.status_code == HTTPStatus.FOUND
    assert not get_user_model()._base_manager.filter(pk=member.pk).exists()


def test_shows_the_log_read_only(superuser, member):
    event = audit.record("auth.signed_in", subject=member, client=Client())
    args = (AuditEvent, event.pk)

    listed = superuser.get(page("changelist", AuditEvent))
    shown = superuser.get(page("change", *args))
    refused = [
        superuser.post(page("add", AuditEvent), {}),
        superuser.post(page("change", *args), {"action": "x"}),
        superuser.post(page("delete", *args), {"post": "yes"}),
    ]

    assert rows_of(listed) == {event.pk}
    assert "auth.signed_in" in shown.content.decode()
    assert {answer.status_code for answer in refused} == {HTTPStatus.FORBIDDEN}
    assert AuditEvent.objects.get().action == "auth.signed_in"


@pytest.mark.needs_address
def test_finds_events_by_their_subject(superuser, member, make_user):
    event = audit.record("auth.signed_in", subject=member, actor=member)
    audit.record("auth.signed_in", subject=make_user())

    def found(term):
        return rows_of(superuser.get(page("changelist", AuditEvent), {"q": term}))

    assert found(str(member.pk)) == {event.pk}
    assert found(addresses.mailbox_of(member).upper()) == {event.pk}
    assert found("nobody@example.com") == set()
    assert found(str(event.pk)) == {event.pk}
    assert found("auth.signed_in") == set()
    assert len(found("")) == 2


@pytest.mark.needs_address
def test_the_audit_log_names_users_in_one_query(superuser, make_user, unproven):
    def shown():
        with CaptureQueriesContext(connection) as captured:
            response = superuser.get(page("changelist", AuditEvent))
        return response.content.decode(), len(captured)

    audit.record("auth.signed_in", actor=unproven, subject=unproven)
    _, few = shown()
    row = EmailAddress.objects.get()
    audit.record("terms.version_published", actor=make_user(), subject=row)
    for _ in range(3):
        audit.record("auth.signed_in", subject=make_user())

    html, many = shown()

    assert many == few
    assert html.count(escape(str(unproven))) >= 2
    assert str(row.pk) in html


def test_ours_is_registered_for_the_model_in_force():
    registered = admin.site.get_model_admin(session_model())

    assert isinstance(registered, SessionAdmin)


def test_a_session_that_ran_out_is_shown_as_such(superuser, open_for, member):
    past = timezone.now() - timedelta(days=1)
    over = open_for(member, expires_at=past, idle_expires_at=past)

    text = superuser.get(page("changelist")).content.decode()

    assert str(over.session.pk) in text
    assert "icon-no" in text


ADDRESSES = "admin:starterkit_auth_emailaddress_changelist"


@pytest.fixture
def unproven(make_user):
    """A user who signed up and has not proven the address."""
    user = make_user()
    addresses.assign(user, addresses.mailbox_of(user))
    return user


def found_by(client, term):
    response = client.get(reverse(ADDRESSES), {"q": term})
    return [row.user for row in response.context["cl"].result_list]


@pytest.mark.needs_address
def test_support_finds_an_address_and_sees_whether_it_is_proven(
    superuser, member, unproven
):
    address = addresses.mailbox_of(unproven)

    assert found_by(superuser, address.upper()) == [unproven]
    assert found_by(superuser, str(unproven.pk)) == [unproven]
    assert found_by(superuser, "nobody@example.com") == []
    assert len(found_by(superuser, "")) == 2
    row = EmailAddress.objects.get(user=unproven)
    page = superuser.get(
        reverse("admin:starterkit_auth_emailaddress_change", args=[row.pk])
    )
    assert address in page.content.decode()
    assert "icon-no" in page.content.decode()


@pytest.mark.needs_address
def test_shows_that_the_account_has_another_address_by_now(superuser, unproven):
    setattr(unproven, unproven.get_email_field_name(), "moved@example.com")
    unproven.save()
    row = EmailAddress.objects.get(user=unproven)

    model_admin = EmailAddressAdmin(EmailAddress, site)

    assert model_admin.is_current(row) is False
    assert model_admin.is_proven(row) is False


@pytest.mark.needs_address
def test_the_list_of_addresses_costs_the_same_for_any_number(superuser, make_user):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert superuser.get(reverse(ADDRESSES)).status_code == HTTPStatus.OK
        return len(captured)

    user = make_user()
    addresses.assign(user, addresses.mailbox_of(user))
    few = queries()
    for _ in range(5):
        user = make_user()
        addresses.assign(user, addresses.mailbox_of(user), verified=True)

    assert queries() == few


@pytest.mark.needs_address
def test_an_administrator_sends_the_confirmation_again(
    superuser, member, unproven, mailbox, django_capture_on_commit_callbacks
):
    selected = {
        "_selected_action": [*EmailAddress.objects.values_list("pk", flat=True)]
    }

    for _ in range(2):  # the second time within the cooldown
        with django_capture_on_commit_callbacks(execute=True):
            superuser.post(
                reverse(ADDRESSES), {"action": "send_confirmation", **selected}
            )

    assert [mail.to for mail in mailbox] == [[addresses.mailbox_of(unproven)]]


@pytest.mark.needs_address
def test_a_closed_account_gets_no_mail(
    superuser, unproven, mailbox, django_capture_on_commit_callbacks
):
    type(unproven)._base_manager.filter(pk=unproven.pk).update(is_active=False)
    selected = {"_selected_action": [EmailAddress.objects.get().pk]}

    with django_capture_on_commit_callbacks(execute=True):
        superuser.post(reverse(ADDRESSES), {"action": "send_confirmation", **selected})

    assert mailbox == []
    assert not PendingRegistration.objects.exists()


@pytest.mark.needs_address
def test_who_may_only_view_addresses_sends_no_mail(staff, unproven, mailbox):
    client = staff("starterkit_auth.view_emailaddress")
    [row] = EmailAddress.objects.all()

    client.post(
        reverse(ADDRESSES),
        {"action": "send_confirmation", "_selected_action": [row.pk]},
    )

    assert client.get(reverse(ADDRESSES)).status_code == HTTPStatus.OK
    assert mailbox == []
