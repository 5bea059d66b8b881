"""Whatever models a project has, Django's administration shows them, once.

It is bounded: actions take what they named and counted, and no list walks a table.
"""

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from model_bakery import baker

from starterkit_auth.models import EmailAddress, session_model
from starterkit_core.admin import OVERTAKEN, BoundedAdmin, CountedActions
from starterkit_core.db.databases import rows_of
from starterkit_core.models import AuditEvent
from starterkit_terms.models import acceptance_model, document_model, version_model
from starterkit_users.models import invitation_model

pytestmark = pytest.mark.django_db

MODELS = [
    AuditEvent,
    acceptance_model(),
    document_model(),
    get_user_model(),
    invitation_model(),
    session_model(),
    version_model(),
]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_lists_the_model_in_force(model, make_user):
    client = Client()
    client.force_login(make_user(is_staff=True, is_superuser=True))

    names = f"{model._meta.app_label}_{model._meta.model_name}"
    page = client.get(reverse(f"admin:{names}_changelist"))

    assert page.status_code == 200


OURS = [
    (model, model_admin)
    for model, model_admin in admin.site._registry.items()
    if any(it.__module__.startswith("starterkit_") for it in type(model_admin).__mro__)
]
"""Each administration of ours, with the model that it is registered for."""

LARGE = {
    AuditEvent,
    EmailAddress,
    acceptance_model(),
    get_user_model(),
    invitation_model(),
    session_model(),
}

each_of_ours = pytest.mark.parametrize(
    ("model", "model_admin"), OURS, ids=[model.__name__ for model, _ in OURS]
)


@each_of_ours
def test_each_administration_bounds_its_actions(model, model_admin):
    assert isinstance(model_admin, CountedActions)


@each_of_ours
def test_a_large_table_is_neither_counted_nor_sorted(model, model_admin, rf):
    unbounded = not isinstance(model_admin, BoundedAdmin)
    unindexed = {*model_admin.get_sortable_by(rf.get("/"))} - indexed(model)

    assert unbounded == (model not in LARGE)
    assert unbounded or not unindexed


@each_of_ours
def test_a_large_table_is_searched_and_filtered_by_indexes(model, model_admin, rf):
    looked_up = (*model_admin.search_fields, *model_admin.get_list_filter(rf.get("/")))
    columns = {str(name).partition("__")[0] for name in looked_up}

    assert model not in LARGE or columns <= indexed(model)


@each_of_ours
def test_a_filter_of_a_large_table_has_the_order_of_the_list(model, model_admin, rf):
    filters = {str(name) for name in model_admin.get_list_filter(rf.get("/"))}
    ordering = [name.removeprefix("-") for name in model_admin.get_ordering(None)]
    pairs = {tuple(index.fields[:2]) for index in model._meta.indexes}

    expected = {(name, *ordering[:1]) for name in filters}
    assert model not in LARGE or expected <= pairs


def indexed(model):
    """Return the names of the fields that an index of ``model`` begins with."""
    meta = model._meta
    single = {f.name for f in meta.concrete_fields if f.db_index or f.unique}
    several = [*meta.indexes, *meta.total_unique_constraints]
    first = {index.fields[0] for index in several if not index.condition}
    return single | first


@pytest.fixture
def users_page(make_user):
    """Return a function that posts to the list of users, and returns the answer."""
    client, meta = Client(), get_user_model()._meta
    client.force_login(make_user(is_staff=True, is_superuser=True))
    url = reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")

    def post(*selected, **data):
        keys = [str(user.pk) for user in selected]
        data |= {"action": "delete_selected", "_selected_action": keys}
        return client.post(url, data, follow=True)

    return post


@pytest.mark.skipif(
    get_user_model() not in dict(OURS), reason="Django's own administration"
)
def test_no_more_users_are_deleted_than_the_page_counted(users_page, make_user):
    user, _, _ = make_user(), make_user(), make_user()
    across = {"select_across": "1", "index": "0"}

    refused = users_page(user, counted="3", **across)
    asked = users_page(user, counted="4", **across)
    late = make_user()
    confirmed = [row for row in asked.context["queryset"] if not row.is_superuser]
    users_page(*confirmed, post="yes")

    left = get_user_model()._base_manager
    assert "Nothing was done" in refused.content.decode()
    assert len(confirmed) == 3
    assert [user.pk for user in left.filter(is_superuser=False)] == [late.pk]


@each_of_ours
@pytest.mark.parametrize("sent", ["\0", "x" * 5_000, "-", "9" * 5_000, "\ufffd"])
def test_an_action_on_what_is_no_id_is_no_error(model, model_admin, make_user, sent):
    client = Client()
    client.force_login(make_user(is_staff=True, is_superuser=True))
    names = f"{model._meta.app_label}_{model._meta.model_name}"
    form = {"_selected_action": [sent]}

    for action in (*(model_admin.actions or ()), "delete_selected"):
        data = form | {"action": getattr(action, "__name__", action)}
        answer = client.post(reverse(f"admin:{names}_changelist"), data)

        assert answer.status_code in {200, 302, 400}


DELETABLE = [document_model(), get_user_model(), Group]
"""The models whose rows our administrations delete."""

each_deletable = pytest.mark.parametrize(
    "model", DELETABLE, ids=lambda model: model.__name__
)


@pytest.fixture
def make_rows(make_user):
    """Make three rows of a model, and return their ids."""

    def make(model):
        if model is get_user_model():
            return [make_user().pk for _ in range(3)]
        return [row.pk for row in baker.make(model, _quantity=3)]

    return make


def browser_of(user):
    browser = Client(raise_request_exception=False)
    browser.force_login(user, "django.contrib.auth.backends.ModelBackend")
    return browser


def delete_selected(browser, model, keys):
    names = f"{model._meta.app_label}_{model._meta.model_name}"
    body = {"action": "delete_selected", "_selected_action": keys, "post": "yes"}
    return browser.post(reverse(f"admin:{names}_changelist"), body)


def said(answer):
    return [str(message) for message in get_messages(answer.wsgi_request)]


@pytest.fixture
def meanwhile(monkeypatch):
    """Let another request act after Django has looked what the action would delete."""

    def act_on(model, act):
        page = admin.site.get_model_admin(model)
        look = page.get_deleted_objects

        def look_and_act(*args):
            looked = look(*args)
            act()
            return looked

        monkeypatch.setattr(page, "get_deleted_objects", look_and_act)

    return act_on


@each_deletable
def test_selected_rows_are_deleted_and_logged(model, make_user, make_rows):
    chief, keys = make_user(is_staff=True, is_superuser=True), make_rows(model)

    answer = delete_selected(browser_of(chief), model, keys)

    assert answer.status_code == 302
    assert not rows_of(model).filter(pk__in=keys).exists()
    logged = LogEntry.objects.filter(user=chief).values_list("object_id", flat=True)
    assert {*logged} == {str(key) for key in keys}


@each_deletable
def test_no_row_is_deleted_if_one_is_gone_meanwhile(
    model, make_user, make_rows, meanwhile
):
    chief, keys = make_user(is_staff=True, is_superuser=True), make_rows(model)
    meanwhile(model, lambda: rows_of(model).filter(pk=keys[0]).delete())

    answer = delete_selected(browser_of(chief), model, keys)

    assert answer.status_code == 302
    assert said(answer) == [str(OVERTAKEN)]
    assert rows_of(model).filter(pk__in=keys).count() == 2
    assert not LogEntry.objects.exists()


@each_deletable
def test_an_administrator_who_is_gone_meanwhile_deletes_none(
    model, make_user, make_rows, meanwhile
):
    chief, keys = make_user(is_staff=True, is_superuser=True), make_rows(model)
    make_user(is_staff=True, is_superuser=True)
    gone = rows_of(get_user_model()).filter(pk=chief.pk)
    meanwhile(model, gone.delete)

    answer = delete_selected(browser_of(chief), model, keys)

    assert answer.status_code == 403
    assert rows_of(model).filter(pk__in=keys).count() == 3


@pytest.mark.django_db(transaction=True)
@each_deletable
def test_of_two_deletions_at_once_one_is_made(model, make_user, make_rows, at_once):
    browsers = [
        browser_of(make_user(is_staff=True, is_superuser=True)) for _ in range(2)
    ]
    keys = make_rows(model)
    orders = [keys, keys[::-1]]

    answers = at_once(
        2, lambda number: delete_selected(browsers[number], model, orders[number])
    )

    assert {it.status_code for it in answers} == {302}
    assert not rows_of(model).filter(pk__in=keys).exists()
    assert LogEntry.objects.count() == 3


def test_an_event_names_its_people_on_its_own_page(client, make_user):
    client.force_login(admin_user := make_user(is_staff=True, is_superuser=True))
    event = baker.make(AuditEvent, actor_id=str(admin_user.pk), action="auth.x")

    page = client.get(
        reverse("admin:starterkit_core_auditevent_change", args=[event.pk])
    )

    assert f'readonly">{admin_user}<' in page.content.decode()
