"""Who may call what: no anonymous client, and no user at another user's rows."""

import pytest
from django.contrib.auth import get_user_model

from starterkit_auth.models import session_model
from starterkit_core.models import AuditEvent
from starterkit_core.testing.client import ApiClient
from starterkit_core.testing.plugin import PASSWORD
from tests.documented import operations
from tests.security.attacks import AUTH, NOBODY, USERS, bodied, example, named, send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_limits")]

PUBLIC = {
    "starterkit_auth.v1.config.get",
    "starterkit_auth.v1.email.change.confirmation.post",
    "starterkit_auth.v1.email.change.reversal.post",
    "starterkit_auth.v1.password.reset.confirmation.post",
    "starterkit_auth.v1.password.reset.post",
    "starterkit_auth.v1.registration.code.post",
    "starterkit_auth.v1.registration.confirmation.post",
    "starterkit_auth.v1.registration.post",
    "starterkit_auth.v1.session.delete",
    "starterkit_auth.v1.session.post",
    "starterkit_auth.v1.session.refresh.post",
    "starterkit_terms.v1.documents.get",
    "starterkit_terms.v1.documents.key.get",
    "starterkit_terms.v1.documents.key.versions.get",
    "starterkit_terms.v1.documents.key.versions.number.diff.get",
    "starterkit_terms.v1.documents.key.versions.number.get",
    "starterkit_users.v1.invitations.acceptance.post",
}
"""Endpoints that need no session, on purpose."""

PRIVILEGED = {
    "id": NOBODY,
    "pk": NOBODY,
    "is_staff": True,
    "is_superuser": True,
    "is_active": True,
    "groups": [1],
    "user_permissions": [1],
    "email_verified": True,
    "verified_at": "2020-01-01T00:00:00Z",
    "email_key": "root@example.com",
    "last_login": "2020-01-01T00:00:00Z",
    "created_at": "2020-01-01T00:00:00Z",
    "user": NOBODY,
    "user_id": NOBODY,
    "roles": ["admin"],
}


@pytest.mark.parametrize("operation", operations(), ids=named)
def test_a_client_that_is_not_signed_in_is_refused(operation):
    body = example(operation) if operation.view.request_class else None

    answer = send(ApiClient(), operation, body)

    if operation.key in PUBLIC:
        own = {"invalid_credentials", "invalid_refresh_token", "not_authenticated"}
        assert answer.status_code != 401 or answer.json()["code"] in own
    else:
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"] == "Bearer"


def test_the_session_of_another_user_is_not_found(make_member, open_for):
    mine, theirs = open_for(make_member()), open_for(make_member())
    ended = open_for(make_member())
    ended.caller.delete(f"{AUTH}session/")

    answers = [
        mine.caller.delete(f"{AUTH}sessions/{other}/")
        for other in (theirs.id, ended.id, NOBODY)
    ]

    assert {answer.status_code for answer in answers} == {404}
    assert len({without_path(answer) for answer in answers}) == 1
    assert theirs.works


def test_lists_have_only_my_rows(make_member, open_for):
    mine, theirs = open_for(make_member()), open_for(make_member())
    theirs.caller.delete(f"{AUTH}session/")

    listed = mine.caller.get(f"{AUTH}sessions/").json()["results"]
    events = mine.caller.get(f"{AUTH}events/").json()["results"]

    assert [row["id"] for row in listed] == [mine.id]
    assert theirs.id not in str(events)
    assert "ska_" not in str(listed)


def test_a_cursor_of_another_user_is_refused(make_member, open_for):
    mine, theirs = make_member(), make_member()
    opened = [open_for(theirs) for _ in range(3)]
    cursor = opened[0].caller.get(f"{AUTH}sessions/?limit=1").json()["next"]

    answer = open_for(mine).caller.get(f"{AUTH}sessions/?cursor={cursor}")

    assert cursor
    assert answer.status_code == 400
    assert answer.json()["code"] == "invalid_cursor"


@pytest.mark.parametrize("operation", bodied(), ids=named)
def test_a_field_that_is_not_offered_takes_no_effect(member, open_for, operation):
    before = get_user_model().objects.filter(pk=member.pk).values().get()
    caller = open_for(member).caller

    send(caller, operation, PRIVILEGED | example(operation))

    after = get_user_model().objects.filter(pk=member.pk).values().get()
    own = {"first_name", "last_name", "updated_at", "last_login", "password"}
    assert {name for name in after if after[name] != before[name]} <= own
    assert not get_user_model().objects.filter(is_staff=True).exists()
    assert not get_user_model().objects.filter(is_superuser=True).exists()


def test_no_client_registers_with_privileges(api, mailbox, secrets_in):
    body = PRIVILEGED | {
        "email": "eve@example.com",
        "password": "a rose is a rose is a",
    }

    token = api.post(f"{AUTH}registration/", body).json()["registration_token"]
    code = secrets_in(mailbox[-1])["code"]
    confirmation = PRIVILEGED | {"registration_token": token, "code": code}
    api.post(f"{AUTH}registration/confirmation/", confirmation)

    eve = get_user_model().objects.get(email="eve@example.com")
    assert (eve.is_staff, eve.is_superuser) == (False, False)
    assert not eve.groups.exists()
    assert str(eve.pk) != NOBODY
    assert eve.created_at.year > 2020


def test_an_account_is_shown_as_a_chosen_list_of_fields(sign_in, member):
    opened = sign_in(member)

    account = opened.caller.get(f"{USERS}me/").json()

    names = {"first_name", "last_name", "locale", "time_zone"}
    names |= {"status", "status_until"}
    assert account.keys() == {"id", "email", "avatar", "created_at", *names}
    assert opened.body["user"].keys() == {"id", "email"}
    assert member.password not in str(opened.body)


@pytest.mark.parametrize(
    "query", ["fields=password", "expand=user", "ordering=password"]
)
def test_no_parameter_reaches_further_fields(open_for, member, query):
    opened = open_for(member)

    for path in (f"{USERS}me/", f"{AUTH}sessions/", f"{AUTH}events/"):
        assert "password" not in opened.caller.get(f"{path}?{query}").json()


def test_an_unproven_account_gets_nowhere(api, make_user):
    user = make_user()

    answer = api.post(f"{AUTH}session/", {"email": user.email, "password": PASSWORD})

    assert answer.json()["code"] == "email_unverified"
    assert not session_model().objects.exists()
    assert AuditEvent.objects.filter(action="auth.sign_in_refused").exists()


def without_path(answer):
    problem = answer.json()
    return str({key: problem[key] for key in sorted(problem) if key not in VARIES})


VARIES = {"instance", "request_id"}
