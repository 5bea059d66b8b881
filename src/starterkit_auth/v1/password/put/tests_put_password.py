"""PUT v1/password: only the new password and this session work afterwards."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from starterkit_auth.errors import InvalidConfirmation
from starterkit_auth.models import Challenge, session_model
from starterkit_auth.services import challenges, user_addresses
from starterkit_auth.services.purposes import Purpose
from starterkit_core import signals
from starterkit_core.models import AuditEvent
from starterkit_core.ports import access_gates
from starterkit_core.testing.client import ApiClient
from starterkit_core.testing.plugin import PASSWORD

from .use_case import ChangePassword

URL = reverse("starterkit_auth:password")
SESSION = reverse("starterkit_auth:session")
REFRESH = reverse("starterkit_auth:session-refresh")
KEY = "starterkit_auth.v1.password.put"
NEW = "a rose is a rose is a"

pytestmark = pytest.mark.django_db


@pytest.fixture
def change(calling):
    """Change it: ``change(opened, **body)`` is the response."""
    body = {"current_password": PASSWORD, "new_password": NEW}
    return lambda opened, **more: calling(opened).put(URL, body | more)


def problem_of(response):
    return response.status_code, response.json()["code"]


def status_with(token):
    return ApiClient().get(SESSION, headers={"authorization": f"Bearer {token}"})


@pytest.mark.needs_address
def test_the_new_password_signs_in_and_the_former_does_not(change, opened, member, api):
    response = change(opened)

    body = {"email": user_addresses.address_of(member)}
    member.refresh_from_db()
    assert response.status_code == HTTPStatus.OK
    assert member.check_password(NEW)
    assert api.post(SESSION, body | {"password": NEW}).status_code == 201
    assert api.post(SESSION, body | {"password": PASSWORD}).status_code == 401


def test_this_session_goes_on_with_new_tokens_and_the_former_are_dead(
    change, opened, api
):
    new = change(opened).json()

    assert new["session"]["id"] == str(opened.session.pk)
    assert status_with(new["access_token"]).status_code == HTTPStatus.OK
    assert status_with(opened.access_token).status_code == HTTPStatus.UNAUTHORIZED
    former = api.post(REFRESH, {"refresh_token": opened.refresh_token})
    assert problem_of(former) == (HTTPStatus.UNAUTHORIZED, "invalid_refresh_token")
    newer = api.post(REFRESH, {"refresh_token": new["refresh_token"]})
    assert newer.status_code == HTTPStatus.OK


def test_a_browser_goes_on_with_a_new_cookie(browser, member, open_for, change):
    opened = open_for(member, "cookie")

    response = change(opened)

    new = browser()
    new.cookies["__Host-starterkit"] = response.cookies["__Host-starterkit"].value
    assert response.json().keys() == {"transport", "session", "user"}
    assert browser(opened).get(SESSION).status_code == HTTPStatus.UNAUTHORIZED
    assert new.get(SESSION).status_code == HTTPStatus.OK


def test_another_site_cannot_change_it_with_a_cookie(browser, member, open_for):
    client = browser(open_for(member, "cookie"), HTTP_SEC_FETCH_SITE="cross-site")

    response = client.put(URL, {"current_password": PASSWORD, "new_password": NEW})

    assert problem_of(response) == (HTTPStatus.FORBIDDEN, "cross_site_request")


def test_every_other_session_ends(change, opened, open_for, received, api):
    others = [open_for(opened.user), open_for(opened.user)]
    ended = received(signals.session_ended)

    change(opened)

    assert [status_with(other.access_token).status_code for other in others] == [
        401
    ] * 2
    assert {facts["session"].pk for facts in ended} == {o.session.pk for o in others}
    assert {facts["reason"] for facts in ended} == {"password_changed"}
    for other in others:
        refused = api.post(REFRESH, {"refresh_token": other.refresh_token})
        assert refused.json()["code"] == "invalid_refresh_token"


def test_sessions_of_others_go_on(change, opened, make_user, open_for):
    stranger = open_for(make_user())

    change(opened)

    assert status_with(stranger.access_token).status_code == HTTPStatus.OK


@pytest.mark.needs_address
def test_what_was_mailed_before_is_void(change, opened, mailed, reset, address):
    change(opened)

    for body in ({"token": mailed.token}, {"email": address, "code": mailed.code}):
        refused = reset("quite another password", **body)
        assert problem_of(refused) == (400, "invalid_confirmation")
    assert not Challenge.objects.open().exists()


@pytest.mark.parametrize(
    "body",
    [
        {"current_password": "wrong"},
        {"current_password": f" {PASSWORD}"},
        {"current_password": PASSWORD.upper()},
    ],
)
def test_refuses_a_wrong_current_password(change, opened, member, body):
    response = change(opened, **body)

    member.refresh_from_db()
    assert problem_of(response) == (HTTPStatus.FORBIDDEN, "wrong_password")
    assert member.check_password(PASSWORD)
    assert status_with(opened.access_token).status_code == HTTPStatus.OK
    event = AuditEvent.objects.get()
    assert event.action == "auth.password_change_refused"
    assert event.actor_id == str(member.pk)


def test_refuses_without_the_current_password(bearer, opened):
    response = bearer(opened.access_token).put(URL, {"new_password": NEW})

    assert problem_of(response) == (HTTPStatus.FORBIDDEN, "wrong_password")


def test_a_refusal_survives_a_project_whose_requests_are_transactions(
    change, opened, monkeypatch
):
    database = transaction.get_connection().settings_dict
    monkeypatch.setitem(database, "ATOMIC_REQUESTS", value=True)

    change(opened, current_password="wrong")

    assert AuditEvent.objects.filter(action="auth.password_change_refused").exists()


@pytest.mark.parametrize("new", ["tiny one", "passwordpassword", "x" * 11])
def test_refuses_a_weak_password_with_its_reasons(change, opened, member, new):
    response = change(opened, new_password=new)

    member.refresh_from_db()
    assert problem_of(response) == (HTTPStatus.BAD_REQUEST, "weak_password")
    assert response.json()["reasons"]
    assert new not in response.text
    assert member.check_password(PASSWORD)


@pytest.mark.needs_address
def test_refuses_a_password_made_of_the_address(change, opened, make_user, open_for):
    field = type(opened.user).get_email_field_name()
    user = make_user(**{field: "grace.hopper.murray@example.com"})

    response = change(open_for(user), new_password="gracehoppermurray")

    assert response.json()["reasons"][0]["code"] == "password_too_similar"


@pytest.mark.parametrize("new", [" leads and trails ", "пароль из букв", "🙂" * 12])
def test_takes_a_password_exactly_as_sent(change, opened, member, new):
    assert change(opened, new_password=new).status_code == HTTPStatus.OK

    member.refresh_from_db()
    assert member.check_password(new)
    assert not member.check_password(new.strip() + " ")


@pytest.mark.parametrize(
    "body",
    [
        {"new_password": ""},
        {"new_password": None},
        {"new_password": 1},
        {"new_password": [NEW]},
        {"new_password": "x" * 257},
        {"current_password": ""},
        {"current_password": None},
        {"current_password": {"a": 1}},
        {"current_password": "x" * 257},
    ],
)
def test_refuses_a_malformed_body(change, opened, body):
    response = change(opened, **body)

    assert problem_of(response) == (HTTPStatus.BAD_REQUEST, "validation_error")


def test_needs_a_signed_in_user(api):
    response = api.put(URL, {"current_password": PASSWORD, "new_password": NEW})

    assert problem_of(response) == (HTTPStatus.UNAUTHORIZED, "not_authenticated")


def test_needs_a_session_of_ours(client_of, member):
    body = {"current_password": PASSWORD, "new_password": NEW}

    response = client_of(member).put(URL, body)

    assert problem_of(response) == (HTTPStatus.FORBIDDEN, "session_required")


def test_changes_no_other_field(change, opened, member):
    change(opened, is_staff=True, is_superuser=True, email="eve@example.com")

    before = user_addresses.address_of(member)
    member.refresh_from_db()
    assert user_addresses.address_of(member) == before
    assert not getattr(member, "is_superuser", False)


@pytest.mark.needs_address
def test_wrong_passwords_count_as_attempts_to_sign_in(change, opened, member, api):
    statuses = [change(opened, current_password="wrong").status_code for _ in range(10)]

    limited = change(opened)
    body = {"email": user_addresses.address_of(member), "password": PASSWORD}
    assert statuses == [HTTPStatus.FORBIDDEN] * 10
    assert limited.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert api.post(SESSION, body).status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert status_with(opened.access_token).status_code == HTTPStatus.OK


@pytest.mark.parametrize("none", ["", make_password(None)], ids=["empty", "unusable"])
@pytest.mark.parametrize(("minutes", "status"), [(9, 200), (11, 403)])
def test_a_user_without_a_password_may_set_one_after_a_recent_sign_in(
    *, bearer, member, open_for, minutes, status, none
):
    member.password = none
    member.save()
    then = timezone.now() - timedelta(minutes=minutes)
    client = bearer(open_for(member, authenticated_at=then).access_token)

    response = client.put(URL, {"new_password": NEW})

    member.refresh_from_db()
    assert response.status_code == status
    assert member.check_password(NEW) == (status == HTTPStatus.OK)
    if status == HTTPStatus.FORBIDDEN:
        problem = response.json()
        assert (problem["code"], problem["how"]) == ("step_up_required", "sign_in")


def test_works_while_a_gate_is_closed(change, opened, monkeypatch):
    class Gate:
        code, order, exempt = "closed", 1, ()

        def refusal(self, user):
            raise AssertionError("nobody shall ask")

    monkeypatch.setattr(access_gates, "_gates", {"closed": Gate()})

    assert change(opened).status_code == HTTPStatus.OK


class DeletedMeanwhile(ChangePassword):
    """An administrator deletes the account while the password is hashed."""

    def encode_password(self):
        type(self.input.session.user)._base_manager.all().delete()
        return super().encode_password()


def test_an_account_that_was_just_deleted_is_not_signed_in(change, opened, settings):
    settings.STARTERKIT_OVERRIDES = {KEY: f"{__name__}.DeletedMeanwhile"}

    response = change(opened)

    assert problem_of(response) == (HTTPStatus.UNAUTHORIZED, "session_ended")


def test_sends_its_signal_after_the_commit(change, opened, member, received):
    changed = received(signals.password_changed)

    change(opened, new_password="short")
    change(opened)

    [facts] = changed
    assert facts["user"] == member
    assert (facts["how"], facts["session"]) == ("change", opened.session)
    assert facts["event"].action == "auth.password_changed"
    assert facts["user"].check_password(NEW)


class AnyPassword(ChangePassword):
    """A host project's use case: one step replaced, the rest inherited."""

    def check_new_password(self):
        pass


def test_a_host_can_replace_one_step(change, opened, settings):
    settings.STARTERKIT_OVERRIDES = {KEY: f"{__name__}.AnyPassword"}

    assert change(opened, new_password="short").status_code == HTTPStatus.OK


@pytest.mark.django_db(transaction=True)
def test_of_many_changes_at_once_one_wins(at_once, member, open_for, tune):
    """The client that got 200 has the password and tokens that work."""
    tune(HASHES_AT_ONCE=8)
    client = [open_for(member) for _ in range(8)]

    def call(number):
        body = {"current_password": PASSWORD, "new_password": f"{NEW} {number}"}
        headers = {"authorization": f"Bearer {client[number].access_token}"}
        return number, ApiClient().put(URL, body, headers=headers)

    answers = at_once(8, call)

    won = [(n, answer) for n, answer in answers if answer.status_code == 200]
    member.refresh_from_db()
    [(number, answer)] = won
    assert {a.status_code for _, a in answers} <= {200, 401, 403}
    assert member.check_password(f"{NEW} {number}")
    assert status_with(answer.json()["access_token"]).status_code == HTTPStatus.OK


@pytest.mark.django_db(transaction=True)
def test_no_renewal_slips_through_a_change(at_once, opened):
    """Tokens renewed before, during and after: only those of the change are good."""

    def call(number):
        api = ApiClient()
        if number:
            return number, api.post(REFRESH, {"refresh_token": opened.refresh_token})
        body = {"current_password": PASSWORD, "new_password": NEW}
        headers = {"authorization": f"Bearer {opened.access_token}"}
        return number, api.put(URL, body, headers=headers)

    answers = dict(at_once(16, call))

    changed = answers.pop(0).json()
    assert status_with(changed["access_token"]).status_code == HTTPStatus.OK
    assert {answer.status_code for answer in answers.values()} <= {200, 401}
    for answer in answers.values():
        if answer.status_code == HTTPStatus.OK:
            dead = status_with(answer.json()["access_token"])
            assert dead.status_code == HTTPStatus.UNAUTHORIZED
    row = session_model().objects.get()
    assert row.revoked_at is None
    again = ApiClient().post(REFRESH, {"refresh_token": changed["refresh_token"]})
    assert again.status_code == HTTPStatus.OK


@pytest.mark.needs_address
def test_a_change_elsewhere_voids_what_was_mailed(member, mailed, reset, address):
    """In the admin, a shell or ``changepassword`` (C058)."""
    member.set_password("set in a shell somewhere")
    member.save()

    assert problem_of(reset(token=mailed.token)) == (400, "invalid_confirmation")
    by_code = reset(email=address, code=mailed.code)
    assert problem_of(by_code) == (400, "invalid_confirmation")
    member.refresh_from_db()
    assert member.check_password("set in a shell somewhere")


@pytest.mark.needs_address
def test_rehashing_the_password_voids_no_mail(change, opened, mailed, reset, settings):
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.ScryptPasswordHasher",
        "django.contrib.auth.hashers.MD5PasswordHasher",
    ]
    change(opened, new_password="short")
    opened.user.refresh_from_db()

    assert opened.user.password.startswith("scrypt")
    assert reset(token=mailed.token).status_code == HTTPStatus.NO_CONTENT


@pytest.mark.needs_address
def test_a_password_set_elsewhere_voids_a_waiting_mail(member):
    challenges.open_challenge(
        member, user_addresses.address_of(member), Purpose.EMAIL_CHANGE
    )
    member.set_password("set in a shell somewhere")
    member.save()

    with transaction.atomic(), pytest.raises(InvalidConfirmation):
        challenges.lock_owner(Challenge.objects.get())
