"""POST v1/email/change/confirmation/: an address never has two owners."""

from datetime import timedelta
from http import HTTPStatus

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from starterkit_auth.models import Challenge, EmailAddress, PendingRegistration
from starterkit_auth.services import (
    addresses,
    challenge_secrets,
    challenges,
    pending_registrations,
)
from starterkit_auth.services.purposes import Purpose
from starterkit_auth.v1.email.change.conftest import CONFIRMATION, FORMER, NEW, URL
from starterkit_core import signals
from starterkit_core.models import AuditEvent
from starterkit_core.ports import sign_up
from starterkit_core.testing.client import ApiClient
from starterkit_core.testing.plugin import PASSWORD

from .use_case import ConfirmEmailChange

pytestmark = pytest.mark.django_db

KEY = "starterkit_auth.v1.email.change.confirmation.post"
REGISTRATION_CONFIRMATION = reverse("starterkit_auth:registration-confirmation")
SESSION = reverse("starterkit_auth:session")
PARALLEL = 16


def problem_of(response):
    return response.status_code, response.json()["code"]


def is_refused(response):
    return problem_of(response) == (HTTPStatus.BAD_REQUEST, "invalid_confirmation")


def wrong(code):
    return f"{(int(code) + 1) % 10**6:06}"


def is_signed_in(opened):
    client = ApiClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {opened.access_token}")
    return client.get(SESSION).status_code == HTTPStatus.OK


@pytest.mark.parametrize("way", ["code", "link"])
def test_gives_the_account_the_new_address(change, mailed, member, way):
    response = (
        change.confirm(mailed.token) if way == "link" else change.by_code(mailed.code)
    )

    assert response.status_code == HTTPStatus.OK
    assert response.json() == {"id": str(member.pk), "email": NEW}
    assert change.address == NEW
    account = addresses.look_up(NEW.lower())
    assert (account.user, account.verified) == (member, True)
    assert addresses.look_up(FORMER) is None
    assert EmailAddress.objects.count() == 1


def test_the_new_address_signs_in_and_the_former_does_not(changed, api):
    answers = [
        api.post(SESSION, {"email": email, "password": PASSWORD})
        for email in (NEW, FORMER)
    ]

    assert [answer.status_code for answer in answers] == [201, 401]


@pytest.mark.parametrize("current", [True, False])
def test_ends_every_session_but_the_one_of_the_request(
    change, open_for, mailed, received, current
):
    other = open_for(change.opened.user)
    ended = received(signals.session_ended)

    (change.by_code(mailed.code) if current else change.confirm(mailed.token))

    assert is_signed_in(change.opened) is current
    assert not is_signed_in(other)
    assert {facts["reason"] for facts in ended} == {"email_changed"}


def test_a_link_opened_by_another_user_ends_every_session_of_the_account(
    bearer, change, mailed, open_for, make_user
):
    stranger = open_for(make_user())

    response = bearer(stranger.access_token).post(CONFIRMATION, {"token": mailed.token})

    assert response.status_code == HTTPStatus.OK
    assert not is_signed_in(change.opened)
    assert is_signed_in(stranger)


@pytest.mark.parametrize("by", ["cookie", "bearer"])
def test_a_link_works_with_a_dead_credential(browser, bearer, change, mailed, by):
    client = bearer("dead") if by == "bearer" else browser()
    if by == "cookie":
        client.cookies["__Host-starterkit"] = "dead"

    response = client.post(CONFIRMATION, {"token": mailed.token})

    assert response.status_code == HTTPStatus.OK
    assert change.address == NEW


def test_a_code_needs_a_valid_credential(bearer, mailed):
    response = bearer("dead").post(CONFIRMATION, {"code": mailed.code})

    assert problem_of(response) == (HTTPStatus.UNAUTHORIZED, "authentication_failed")


def test_a_user_name_that_is_the_address_goes_along(change, make_user, open_for):
    model = get_user_model()
    if model.get_email_field_name() == model.USERNAME_FIELD:
        pytest.skip("this user model signs in by the address itself")
    names = {model.USERNAME_FIELD: "grace@example.com"}
    user = make_user(**{model.get_email_field_name(): "Grace@example.com"}, **names)
    addresses.assign(user, "Grace@example.com", verified=True)

    change.ask(NEW, open_for(user))
    change.confirm(change.mailed.token)

    user.refresh_from_db()
    assert user.get_username() == NEW


def test_a_user_name_that_is_a_name_stays(changed, member):
    model = get_user_model()
    if model.get_email_field_name() == model.USERNAME_FIELD:
        pytest.skip("this user model signs in by the address itself")
    before = member.get_username()

    member.refresh_from_db()

    assert member.get_username() == before


@pytest.mark.parametrize("first", ["code", "link"])
@pytest.mark.parametrize("second", ["code", "link"])
def test_one_mail_confirms_once(bearer, opened, mailed, first, second):
    ways = {"code": {"code": mailed.code}, "link": {"token": mailed.token}}
    client = bearer(opened.access_token)

    assert client.post(CONFIRMATION, ways[first]).status_code == HTTPStatus.OK
    assert is_refused(client.post(CONFIRMATION, ways[second]))


def test_every_failed_confirmation_gets_one_answer(
    change, mailed, member, open_for, make_member
):
    tampered = mailed.token[:-1] + ("A" if mailed.token[-1] != "A" else "B")
    reset = challenges.open_challenge(member, FORMER, Purpose.PASSWORD_RESET)
    stranger = open_for(make_member("grace@example.com"))

    answers = [
        change.by_code(wrong(mailed.code)),
        change.by_code("abc"),
        change.by_code(mailed.code, stranger),
        change.by_code(challenge_secrets.code_of(reset)),
        change.confirm(tampered),
        change.confirm("garbled"),
        change.confirm("skl_" + "A" * 64),
        change.confirm(challenge_secrets.link_token_of(reset)),
        change.confirm(open_for(member).access_token),
    ]

    problems = [answer.json() | {"request_id": ""} for answer in answers]
    assert all(is_refused(answer) for answer in answers)
    assert problems == [problems[0]] * len(problems)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"code": ""},
        {"code": 123456},
        {"code": None},
        {"code": "1" * 33},
        {"code": "123456\x00"},
        {"token": ""},
        {"token": {"a": 1}},
        {"token": "x" * 257},
        {"code": "123456", "token": "skl_x"},
        [],
    ],
)
def test_refuses_a_malformed_body(bearer, opened, body):
    response = bearer(opened.access_token).post(CONFIRMATION, body)

    assert problem_of(response) == (HTTPStatus.BAD_REQUEST, "validation_error")


def test_a_code_needs_a_signed_in_user(api, mailed):
    response = api.post(CONFIRMATION, {"code": mailed.code})

    assert problem_of(response) == (HTTPStatus.UNAUTHORIZED, "not_authenticated")


def test_another_site_cannot_confirm_with_a_cookie(browser, open_for, member, mailed):
    client = browser(open_for(member, "cookie"), HTTP_SEC_FETCH_SITE="cross-site")

    response = client.post(CONFIRMATION, {"code": mailed.code})

    assert problem_of(response) == (HTTPStatus.FORBIDDEN, "cross_site_request")


def test_only_post_uses_the_link(change, api, mailed):
    answers = [
        api.get(CONFIRMATION, {"token": mailed.token}),
        api.head(CONFIRMATION, {"token": mailed.token}),
    ]

    assert [answer.status_code for answer in answers] == [405, 405]
    assert change.address == FORMER


def test_a_code_takes_five_tries_and_the_link_goes_on(change, mailed):
    for _ in range(5):
        assert is_refused(change.by_code(wrong(mailed.code)))

    assert is_refused(change.by_code(mailed.code))
    assert change.confirm(mailed.token).status_code == HTTPStatus.OK


def test_tries_stay_counted_where_requests_are_transactions(
    change, mailed, monkeypatch
):
    database = transaction.get_connection().settings_dict
    monkeypatch.setitem(database, "ATOMIC_REQUESTS", value=True)

    change.by_code(wrong(mailed.code))

    assert Challenge.objects.get().attempts == 1
    assert AuditEvent.objects.filter(action="auth.email_change_refused").exists()


@pytest.mark.parametrize(
    ("way", "minutes", "status"),
    [("code", 9, 200), ("code", 11, 400), ("link", 23 * 60, 200), ("link", 1441, 400)],
)
def test_code_and_link_expire(change, mailed, way, minutes, status):
    with time_machine.travel(timezone.now() + timedelta(minutes=minutes), tick=False):
        if way == "link":
            response = change.confirm(mailed.token)
        else:
            client = ApiClient()
            client.force_authenticate(change.opened.user)
            response = client.post(CONFIRMATION, {"code": mailed.code})

    assert response.status_code == status


def change_of(user, **fields):
    for name, value in fields.items():
        setattr(user, name, value)
    user.save()


def new_password(user):
    user.set_password("a rose is a rose is a rose")
    user.save()


def new_address(user):
    change_of(user, **{user.get_email_field_name(): "admin-chose@example.com"})


def switched_off(user):
    change_of(user, is_active=False)


@pytest.mark.parametrize("happens", [new_password, new_address, switched_off])
def test_void_once_the_account_has_changed(change, mailed, member, happens):
    happens(member)
    before = change.address

    assert is_refused(change.confirm(mailed.token))
    assert change.address == before


@pytest.mark.parametrize("claimed", [True, False])
def test_refuses_an_address_that_was_taken_meanwhile(
    change, mailed, make_user, claimed
):
    owner = make_user(**{get_user_model().get_email_field_name(): NEW.lower()})
    if claimed:
        addresses.assign(owner, NEW.lower())

    response = change.confirm(mailed.token)

    assert is_refused(response)
    assert change.address == FORMER
    assert addresses.look_up(FORMER).verified
    assert is_signed_in(change.opened)


def test_an_address_that_its_owner_gave_up_is_free(change, make_member):
    former_owner = make_member(NEW)
    new_address(former_owner)

    change.ask(NEW)

    assert change.confirm(change.mailed.token).status_code == HTTPStatus.OK


def test_what_was_mailed_to_the_former_address_is_void(change, mailed, member):
    reset = challenges.open_challenge(member, FORMER, Purpose.PASSWORD_RESET)

    change.confirm(mailed.token)

    reset.refresh_from_db()
    assert reset.superseded_at is not None


def test_the_former_address_gets_a_mail_with_a_link_to_undo_it(change, changed):
    mail = change.mail

    assert mail.to == [FORMER]
    assert "was changed" in mail.subject
    assert changed in mail.body
    assert changed in mail.alternatives[0][0]
    assert NEW.lower() not in mail.body.lower()


def test_without_a_page_the_mail_has_the_token_itself(change, mailed, tune):
    tune(EMAIL_REVERSAL_URL="")

    change.confirm(mailed.token)

    assert "undo-email-change" not in change.mail.body
    assert "\nskl_" in change.mail.body


def test_an_unproven_former_address_gets_a_mail_without_a_link(
    change, make_member, open_for
):
    user = make_member("typo@example.com", verified=False)
    change.ask(NEW, open_for(user))

    change.confirm(change.mailed.token)

    assert change.mail.to == ["typo@example.com"]
    assert "token=" not in change.mail.body
    assert not Challenge.objects.open().exists()


def test_changing_back_gives_the_address_between_no_link_to_undo_it(
    change, changed, open_for, member
):
    change.ask(FORMER, open_for(member))
    change.confirm(change.mailed.token)

    assert change.mail.to == [NEW]
    assert "token=" not in change.mail.body
    assert not Challenge.objects.open().exists()


def test_too_many_tries_are_refused(change, mailed, tune):
    tune(CONFIRMATION_NETWORK_LIMIT="3/1h", CONFIRMATION_ADDRESS_LIMIT="1/1h")
    change.by_code(wrong(mailed.code))

    by_code = change.by_code(mailed.code)
    by_link = change.confirm(mailed.token)

    assert by_code.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert int(by_code.headers["Retry-After"]) > 0
    assert by_link.status_code == HTTPStatus.OK


def test_sends_its_signal_after_the_commit(change, mailed, member, received):
    changed = received(signals.email_changed)

    change.confirm("skl_x")
    change.confirm(mailed.token)

    [facts] = changed
    assert facts["user"] == member
    assert (facts["former"], facts["address"]) == (FORMER, NEW)
    assert facts["event"].action == "auth.email_changed"


def test_records_what_happened_without_an_address(changed, member):
    events = AuditEvent.objects.filter(subject_id=str(member.pk)).order_by("id")

    assert [event.action for event in events] == [
        "auth.email_change_requested",
        "auth.email_changed",
    ]
    assert "@" not in str([event.facts for event in events])


class KeepSessions(ConfirmEmailChange):
    """A host project's use case: one step replaced, the rest inherited."""

    def end_sessions(self, user):
        pass


def test_a_host_can_replace_one_step(change, mailed, opened, settings):
    settings.STARTERKIT_OVERRIDES = {KEY: f"{__name__}.KeepSessions"}

    assert change.confirm(mailed.token).status_code == HTTPStatus.OK
    assert is_signed_in(opened)


@pytest.fixture
def no_requirements():
    """Leave out the sign-up requirements of other modules."""
    registered = sign_up.requirements()
    for requirement in registered:
        sign_up.unregister(requirement.name)
    yield
    for requirement in registered:
        sign_up.register(requirement)


@pytest.fixture
def without_limits(tune):
    tune(
        CONFIRMATION_NETWORK_LIMIT="1000/1h",
        RESEND_NETWORK_LIMIT="1000/1h",
        RESEND_ADDRESS_LIMIT="1000/1h",
        REGISTRATION_NETWORK_LIMIT="1000/1h",
        EMAIL_CHANGE_LIMIT="1000/1h",
    )


@pytest.mark.django_db(transaction=True)
def test_of_many_confirmations_at_once_one_wins(
    change, at_once, mailed, without_limits
):
    body = {"token": mailed.token}

    answers = at_once(PARALLEL, lambda _: ApiClient().post(CONFIRMATION, body))

    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [200] + [400] * (PARALLEL - 1)
    assert change.address == NEW
    assert Challenge.objects.open().count() == 1  # the link to undo it


@pytest.mark.django_db(transaction=True)
def test_of_many_accounts_that_want_one_address_one_gets_it(
    at_once, make_member, without_limits
):
    wanted = []
    for number in range(PARALLEL):
        user = make_member(f"person-{number}@example.com")
        challenge = challenges.open_challenge(
            user, f"person-{number}@example.com", Purpose.EMAIL_CHANGE, target=NEW
        )
        wanted.append(challenge_secrets.link_token_of(challenge))

    answers = at_once(
        PARALLEL,
        lambda number: ApiClient().post(CONFIRMATION, {"token": wanted[number]}),
    )

    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [200] + [400] * (PARALLEL - 1)
    assert owners_of(NEW) == 1


def owners_of(email):
    users = get_user_model()._base_manager.all()
    key = email.lower()
    return sum(addresses.mailbox_of(user).lower() == key for user in users)


def proof_of(pending):
    """Return what confirms a registration."""
    return {
        "registration_token": challenge_secrets.registration_token_of(pending),
        "token": challenge_secrets.link_token_of(pending),
    }


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("no_requirements")
def test_a_change_against_the_confirmation_of_a_sign_up_leaves_one_owner(
    change, at_once, mailed, without_limits, api
):
    registration = reverse("starterkit_auth:registration")
    api.post(registration, {"email": NEW.upper(), "password": PASSWORD})
    proof = proof_of(PendingRegistration.objects.get())

    def call(number):
        if number % 2:
            return ApiClient().post(CONFIRMATION, {"token": mailed.token})
        return ApiClient().post(REGISTRATION_CONFIRMATION, proof)

    answers = at_once(PARALLEL, call)

    changed = [it for it in answers if it.status_code == HTTPStatus.OK]
    made = [it for it in answers if it.status_code == HTTPStatus.CREATED]
    assert {answer.status_code for answer in answers} <= {200, 201, 400}
    assert len(changed) + len(made) == 1
    assert (change.address == NEW) is bool(changed)
    assert owners_of(NEW) == 1
    assert EmailAddress.objects.filter(key=NEW.lower()).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_change_against_the_proof_of_another_account_leaves_one_owner(
    change, at_once, mailed, without_limits, make_member
):
    other = make_member(NEW.lower(), verified=False)
    pending = pending_registrations.open_for(other, NEW)
    pending_registrations.renew(pending)

    def call(number):
        if number % 2:
            return ApiClient().post(CONFIRMATION, {"token": mailed.token})
        return ApiClient().post(REGISTRATION_CONFIRMATION, proof_of(pending))

    answers = at_once(PARALLEL, call)

    made = [it for it in answers if it.status_code == HTTPStatus.CREATED]
    assert {answer.status_code for answer in answers} <= {201, 400}
    assert len(made) == 1
    assert change.address == FORMER
    assert addresses.look_up(NEW).user == other


@pytest.mark.django_db(transaction=True)
def test_confirming_during_another_request_saves_only_a_proven_address(
    change, at_once, mailed, opened, without_limits
):
    """A confirmed address is always one that was proven (CVE-2026-32700 class)."""

    def call(number):
        client = ApiClient()
        if number % 2:
            return client.post(CONFIRMATION, {"token": mailed.token})
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {opened.access_token}")
        return client.post(URL, {"email": "eve@example.org"})

    answers = at_once(PARALLEL, call)

    assert {answer.status_code for answer in answers} <= {200, 202, 400, 401}
    assert change.address in {FORMER, NEW}
    assert "eve@example.org" not in {row.address for row in EmailAddress.objects.all()}
