"""Each act that comes with the module, by POST v1/users/bulk/."""

from http import HTTPStatus

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.urls import reverse

from starterkit_core.db.databases import rows_of
from starterkit_core.http.shared_serializers import forget_shared
from starterkit_core.models import AuditEvent
from starterkit_users.models import Job
from starterkit_users.services import bulk_acts
from starterkit_users.services.roles import has_roles, roles_of
from starterkit_users.v1.users.user_id.roles.put.use_case import (
    SetRoles,
    SetRolesInput,
)

URL = reverse("starterkit_users:users-bulk")

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _acts_anew():
    """Offer the acts that there are now, as tests may stand for another module."""
    forget_shared()
    yield
    forget_shared()


@pytest.fixture
def act(client_of, changer):
    """Do an act on users, and return what became of each."""

    def post(name, *users, **more):
        body = {"act": name, "ids": [str(user.pk) for user in users], **more}
        response = client_of(changer).post(URL, body)
        assert response.status_code == HTTPStatus.CREATED, response.content
        return [row["code"] for row in response.json()["results"]]

    return post


def is_active(user):
    return rows_of(get_user_model()).get(pk=user.pk).is_active


def test_suspends_and_lifts(act, make_user):
    first, second = make_user(), make_user(is_superuser=True)

    assert act("suspend", first, second, reason="Spam") == ["", "higher_rank"]
    assert (is_active(first), is_active(second)) == (False, True)

    assert act("lift", first) == [""]
    assert is_active(first)


def test_a_suspension_may_end_by_itself(act, user):
    until = "2099-01-01T00:00:00Z"

    assert act("suspend", user, reason="Spam", until=until) == [""]

    if hasattr(user, "status_until"):
        user.refresh_from_db()
        assert user.status_until.year == 2099


def test_an_act_that_needs_a_reason_asks_for_it(client_of, changer, user):
    body = {"act": "suspend", "ids": [str(user.pk)]}

    response = client_of(changer).post(URL, body)

    assert response.status_code == HTTPStatus.BAD_REQUEST
    assert response.json()["errors"][0]["pointer"] == "/reason"


def test_ends_sessions_resets_passwords_and_verifies(act, access, user):
    assert act("sign_out", user, reason="Lost phone") == [""]
    assert act("reset_password", user) == [""]
    assert act("verify", user) == [""]

    asked = [call[0] for call in access.asked]
    assert asked == ["end_sessions", "send_password_reset", "confirm_address"]


@pytest.mark.usefixtures("with_addresses")
def test_erases_whom_they_may_delete(act, changer, user):
    options = get_user_model()._meta
    changer.user_permissions.add(
        rows_of(Permission).get(
            content_type__app_label=options.app_label,
            codename=f"delete_{options.model_name}",
        )
    )

    assert act("erase", user, reason="request") == [""]

    assert not is_active(user)
    assert user.email not in str([*rows_of(get_user_model()).values()])


def test_no_text_of_a_person_outlives_the_account_as_a_reason(client_of, changer, user):
    body = {"act": "erase", "ids": [str(user.pk)], "reason": "Ada asked by mail"}

    response = client_of(changer).post(URL, body)

    assert response.status_code == HTTPStatus.BAD_REQUEST
    assert response.json()["errors"][0]["pointer"] == "/reason"
    assert "request, abuse" in response.json()["errors"][0]["detail"]


def test_a_suspension_cannot_end_before_it_begins(client_of, changer, user):
    body = {"act": "suspend", "ids": [str(user.pk)], "reason": "Spam"}

    response = client_of(changer).post(URL, body | {"until": "2020-01-01T00:00:00Z"})

    assert response.status_code == HTTPStatus.BAD_REQUEST
    assert response.json()["errors"][0]["code"] == "past"
    assert is_active(user)


def test_erases_no_user_without_the_permission(client_of, changer, user):
    body = {"act": "erase", "ids": [str(user.pk)], "reason": "abuse"}

    response = client_of(changer).post(URL, body)

    assert response.json()["code"] == "permission_denied"
    assert not Job.objects.exists()


def test_the_reason_is_in_the_event_of_the_user_and_not_in_the_job(act, user):
    act("suspend", user, reason="Spam")

    assert AuditEvent.objects.filter(subject_id=str(user.pk)).exists()
    assert "Spam" not in str([*Job.objects.values()])


def test_without_a_module_for_sessions_there_is_no_act_on_them(monkeypatch):
    monkeypatch.setattr("starterkit_core.ports.account_access._provider", None)

    assert {"suspend", "lift", "erase"} <= bulk_acts.acts().keys()
    assert not {"sign_out", "reset_password", "verify"} & bulk_acts.acts().keys()


READS, WRITES = "auth.view_group", "auth.change_group"

with_roles = pytest.mark.skipif(not has_roles(), reason="users here are in no groups")


@pytest.fixture
def have_roles(make_role):
    """Return a function that gives users roles, which it makes without permissions."""

    def give(keys, *users):
        [make_role(key) for key in keys]
        for user in users:
            SetRoles.execute(SetRolesInput(user_id=str(user.pk), roles=keys))

    return give


@with_roles
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("set_roles", ["new"]),
        ("add_roles", ["new", "old", "other"]),
        ("remove_roles", ["other"]),
    ],
)
def test_sets_adds_and_removes_roles(act, make_user, have_roles, name, expected):
    users = [make_user(), make_user()]
    have_roles(["old", "other"], *users)
    have_roles(["new"])
    named = ["new"] if name != "remove_roles" else ["new", "old"]

    assert act(name, *users, roles=named) == ["", ""]
    assert act(name, *users, roles=named) == ["", ""]  # again, it changes no role

    assert [roles_of(user) for user in users] == [expected, expected]
    events = AuditEvent.objects.filter(action="users.roles_changed")
    assert events.exclude(actor_id="").count() == 2


@pytest.fixture
def ranked(permit, changer, make_user, make_role):
    """A plain user, a reader, a writer, a superuser, and the actor, who is a reader."""
    permit(changer, READS)
    make_role("reader", READS)
    make_role("writer", WRITES)
    plain, reader, writer, chief = (make_user(is_superuser=n == 3) for n in range(4))
    for user, key in ((reader, "reader"), (writer, "writer")):
        SetRoles.execute(SetRolesInput(user_id=str(user.pk), roles=[key]))
    return plain, reader, writer, chief, changer


@with_roles
@pytest.mark.parametrize(
    ("name", "key", "codes"),
    [
        # of a plain user, a reader, a writer
        ("set_roles", "reader", ["", "", "higher_rank"]),
        ("add_roles", "reader", ["", "", "higher_rank"]),
        ("remove_roles", "reader", ["", "", "higher_rank"]),
        ("set_roles", "writer", ["rights_lacked", "rights_lacked", "higher_rank"]),
        ("add_roles", "writer", ["rights_lacked", "rights_lacked", "higher_rank"]),
        ("remove_roles", "writer", ["", "", "higher_rank"]),
        ("set_roles", "wrter", ["unknown_role"] * 3),
        ("add_roles", "wrter", ["unknown_role"] * 3),
        ("remove_roles", "wrter", ["unknown_role"] * 3),
    ],
)
def test_roles_follow_the_rules_of_ranks(act, ranked, name, key, codes):
    found = act(name, *ranked, roles=[key])

    is_unknown = "unknown_role" in codes
    last = ["unknown_role"] * 2 if is_unknown else ["higher_rank", "own_rights"]
    assert found == [*codes, *last]
    _plain, _reader, *others = ranked
    assert [roles_of(user) for user in others] == [["writer"], [], []]


@with_roles
@pytest.mark.parametrize(
    "sent",
    [
        {"act": "add_roles"},
        {"act": "add_roles", "roles": None},
        {"act": "add_roles", "roles": "support"},
        {"act": "add_roles", "roles": [1]},
        {"act": "add_roles", "roles": ["a\0b"]},
        {"act": "add_roles", "roles": ["x"] * 101},
        {"act": "add_roles", "roles": ["support"], "reason": "x"},
        {"act": "lift", "roles": ["support"]},
    ],
)
def test_roles_belong_to_the_acts_on_them(client_of, changer, user, sent):
    response = client_of(changer).post(URL, {"ids": [str(user.pk)], **sent})

    assert response.status_code == HTTPStatus.BAD_REQUEST
    assert response.json()["code"] == "validation_error"
    assert not Job.objects.exists()


@with_roles
@pytest.mark.parametrize("name", ["set_roles", "add_roles", "remove_roles"])
def test_acts_on_roles_need_the_permission_to_change_users(
    client_of, may, user, make_role, name
):
    body = {"act": name, "ids": [str(user.pk)], "roles": [make_role("empty")]}

    response = client_of(may("view", "delete")).post(URL, body)

    assert response.status_code == HTTPStatus.FORBIDDEN
    assert roles_of(user) == []


@with_roles
def test_acts_on_the_users_with_a_role(client_of, changer, make_user, make_role):
    make_role("new")
    users = [make_user(), make_user()]
    for user in users:
        SetRoles.execute(SetRolesInput(user_id=str(user.pk), roles=[make_role("old")]))
    body = {"act": "set_roles", "roles": ["new"], "filters": {"role": ["old"]}}

    wrong = client_of(changer).post(URL, body | {"filters": {"role": "old"}})
    unknown = client_of(changer).post(
        URL, body | {"filters": {"role": ["odl"]}, "count": 0}
    )
    response = client_of(changer).post(URL, body | {"count": 2})

    assert wrong.json()["code"] == "validation_error"
    assert unknown.json()["code"] == "unknown_role"
    assert response.json()["done"] == 2
    assert [roles_of(user) for user in users] == [["new"], ["new"]]
