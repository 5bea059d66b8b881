"""POST v1/registration/confirmation/: a code or a link works once; one refusal."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.db import connections, transaction
from django.urls import reverse
from django.utils import timezone

from starterkit_auth.models import Challenge, session_model
from starterkit_auth.services import addresses, challenge_secrets, challenges
from starterkit_auth.services.purposes import Purpose
from starterkit_auth.use_cases.open_session import OpenSession
from starterkit_auth.use_cases.send_confirmation import (
    SendConfirmation,
    SendConfirmationInput,
)
from starterkit_auth.v1.registration.conftest import PARALLEL
from starterkit_core.models import AuditEvent
from starterkit_core.signals import address_confirmed, session_started
from starterkit_core.testing.client import ApiClient
from starterkit_core.testing.plugin import PASSWORD
from starterkit_core.utils.client import Client

pytestmark = pytest.mark.django_db

KEY = "starterkit_auth.v1.registration.confirmation.post"
EMAIL = "ada@example.com"


@pytest.fixture
def mailed(sign_up, mailbox, secrets_in):
    """Sign up, and return code and token of the mail."""
    sign_up(EMAIL)
    return secrets_in(mailbox[-1])


def wrong(code):
    return f"{(int(code) + 1) % 10**6:06}"


def is_refused(response):
    return (response.status_code, response.json()["code"]) == (
        400,
        "invalid_confirmation",
    )


def is_verified(email=EMAIL):
    return addresses.look_up(email).verified


@pytest.mark.parametrize("way", ["code", "link"])
def test_proves_the_address_and_opens_a_session(confirm, mailed, way):
    body = {"email": EMAIL, "code": mailed.code}
    client = {"device_name": "Ada's phone", "platform": "iOS 26", "app_version": "4.2"}

    response = confirm(
        **(body if way == "code" else {"token": mailed.token}), client=client
    )

    assert response.status_code == 201
    answer = response.json()
    assert answer["access_token"]
    assert answer["refresh_token"]
    assert answer["token_type"] == "Bearer"
    assert answer["session"]["device_name"] == "Ada's phone"
    user = addresses.look_up(EMAIL).user
    assert answer["user"]["id"] == str(user.pk)
    assert is_verified()
    session = session_model().objects.get()
    assert (session.user_id, session.platform) == (user.pk, "iOS 26")


def test_the_session_is_one_to_go_on_with(api, confirm, mailed):
    token = confirm(token=mailed.token).json()["access_token"]

    url = reverse("starterkit_auth:session")
    response = api.get(url, headers={"authorization": f"Bearer {token}"})

    assert response.status_code == 200


def test_a_browser_gets_a_cookie_and_no_token(api, mailed):
    response = api.post(
        reverse("starterkit_auth:registration-confirmation"),
        {"token": mailed.token, "client": {"transport": "cookie"}},
        headers={"sec-fetch-site": "same-origin"},
    )

    assert response.status_code == 201
    assert response.json().keys() == {"session", "user"}
    cookie = response.cookies["__Host-starterkit"]
    assert cookie["httponly"]


def test_another_site_cannot_ask_for_a_cookie(confirm, mailed):
    response = confirm(token=mailed.token, client={"transport": "cookie"})

    assert response.status_code == 403
    assert response.json()["code"] == "cross_site_request"
    assert not is_verified()


def test_a_code_may_be_typed_as_people_do(confirm, mailed):
    spaced = f" {mailed.code[:3]} {mailed.code[3:]} "

    response = confirm(email="ADA@Example.com", code=spaced)

    assert response.status_code == 201


@pytest.mark.parametrize("first", ["code", "link"])
@pytest.mark.parametrize("second", ["code", "link"])
def test_one_mail_confirms_once(confirm, mailed, first, second):
    ways = {
        "code": {"email": EMAIL, "code": mailed.code},
        "link": {"token": mailed.token},
    }
    assert confirm(**ways[first]).status_code == 201

    assert is_refused(confirm(**ways[second]))
    assert session_model().objects.count() == 1


def test_every_failed_confirmation_gets_one_answer(
    confirm, sign_up, mailed, mailbox, secrets_in
):
    sign_up("grace@example.com")
    foreign = secrets_in(mailbox[-1])
    tampered = mailed.token[:-1] + ("A" if mailed.token[-1] != "A" else "B")

    answers = [
        confirm(email=EMAIL, code=wrong(mailed.code)),
        confirm(email="nobody@example.com", code=mailed.code),
        confirm(email="grace@example.com", code=wrong(foreign.code)),
        confirm(email=EMAIL, code="abc"),
        confirm(email=EMAIL, code="٠١٢٣٤٥"),
        confirm(token=tampered),
        confirm(token=mailed.token.removeprefix("skl_")),
        confirm(token="skl_" + "A" * 64),
        confirm(token="skl_é"),
        confirm(token="garbled"),
        confirm(token=mailed.code),
    ]

    problems = [answer.json() | {"request_id": ""} for answer in answers]
    assert all(is_refused(answer) for answer in answers)
    assert problems == [problems[0]] * len(problems)
    assert {header_names(answer) for answer in answers} == {header_names(answers[0])}
    assert not is_verified()
    assert not session_model().objects.exists()


def header_names(response):
    return tuple(sorted(response.headers))


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"email": EMAIL},
        {"code": "123456"},
        {"email": EMAIL, "token": "skl_x"},
        {"email": EMAIL, "code": "123456", "token": "skl_x"},
        {"email": EMAIL, "code": 123456},
        {"email": EMAIL, "code": None},
        {"email": EMAIL, "code": ["123456"]},
        {"email": EMAIL, "code": "123456\x00"},
        {"email": EMAIL, "code": "1" * 33},
        {"email": "ada", "code": "123456"},
        {"token": ""},
        {"token": {"a": 1}},
        {"token": "x" * 257},
        {"token": "skl_x", "client": "bearer"},
        {"token": "skl_x", "client": {"transport": "smoke"}},
        {"token": "skl_x", "client": {"device_name": "x" * 101}},
    ],
)
def test_refuses_a_malformed_body(confirm, body):
    response = confirm(**body)

    assert response.status_code == 400
    assert response.json()["code"] == "validation_error"


def test_refuses_a_body_that_is_no_object(api):
    response = api.post(reverse("starterkit_auth:registration-confirmation"), ["x"])

    assert response.status_code == 400


def test_only_post_uses_the_link(api, confirm, mailed):
    url = reverse("starterkit_auth:registration-confirmation")

    answers = [
        api.get(url, {"token": mailed.token}),
        api.head(url, {"token": mailed.token}),
        api.options(url, {"token": mailed.token}),
    ]

    assert [answer.status_code for answer in answers] == [405, 405, 204]
    assert not is_verified()
    assert confirm(token=mailed.token).status_code == 201


def test_a_code_takes_five_tries_and_the_link_goes_on(confirm, mailed):
    for _ in range(5):
        assert is_refused(confirm(email=EMAIL, code=wrong(mailed.code)))

    assert is_refused(confirm(email=EMAIL, code=mailed.code))
    assert confirm(token=mailed.token).status_code == 201


def test_tries_stay_counted_where_requests_are_transactions(
    confirm, mailed, monkeypatch
):
    database = transaction.get_connection().settings_dict
    monkeypatch.setitem(database, "ATOMIC_REQUESTS", value=True)
    assert connections.settings["default"]["ATOMIC_REQUESTS"]

    confirm(email=EMAIL, code=wrong(mailed.code))

    assert Challenge.objects.get().attempts == 1


@pytest.mark.parametrize(
    ("way", "minutes", "status"),
    [("code", 9, 201), ("code", 11, 400), ("link", 23 * 60, 201), ("link", 1441, 400)],
)
def test_code_and_link_expire(confirm, mailed, way, minutes, status):
    ways = {
        "code": {"email": EMAIL, "code": mailed.code},
        "link": {"token": mailed.token},
    }

    with time_machine.travel(timezone.now() + timedelta(minutes=minutes), tick=False):
        response = confirm(**ways[way])

    assert response.status_code == status


def test_a_newer_mail_replaces_the_former(
    confirm, sign_up, mailed, mailbox, secrets_in
):
    sign_up(EMAIL)

    former = [confirm(email=EMAIL, code=mailed.code), confirm(token=mailed.token)]
    newer = confirm(token=secrets_in(mailbox[-1]).token)

    assert all(is_refused(response) for response in former)
    assert newer.status_code == 201


def test_void_once_the_person_has_another_address(confirm, mailed):
    user = addresses.look_up(EMAIL).user
    setattr(user, user.get_email_field_name(), "lovelace@example.com")
    user.save()

    assert is_refused(confirm(token=mailed.token))
    assert is_refused(confirm(email=EMAIL, code=mailed.code))


@pytest.mark.parametrize("way", ["code", "link"])
def test_refuses_an_account_that_was_switched_off(confirm, mailed, way):
    user = addresses.look_up(EMAIL).user
    user.is_active = False
    user.save()
    body = {"token": mailed.token}
    if way == "code":
        body = {"email": EMAIL, "code": mailed.code}

    response = confirm(**body)

    assert is_refused(response)
    assert not is_verified()


def test_void_once_the_address_was_proven_otherwise(confirm, mailed):
    addresses.assign(addresses.look_up(EMAIL).user, EMAIL, verified=True)

    assert is_refused(confirm(token=mailed.token))


def test_an_account_from_before_proves_its_address(
    confirm, make_user, mailbox, secrets_in, django_capture_on_commit_callbacks
):
    field = get_user_model().get_email_field_name()
    user = make_user(**{field: EMAIL})
    with django_capture_on_commit_callbacks(execute=True):
        SendConfirmation.execute(
            SendConfirmationInput(user=user, address="ADA@example.com", client=Client())
        )
    [mail] = mailbox

    response = confirm(token=secrets_in(mail).token)

    assert mail.to == [EMAIL]
    assert response.status_code == 201
    account = addresses.look_up(EMAIL)
    assert (account.user, account.verified) == (user, True)


def test_new_keys_leave_mails_alone_and_dropped_keys_void_them(
    confirm, sign_up, tune, mailbox, secrets_in
):
    tune(SIGNING_KEYS=["a" * 32])
    sign_up("ada@example.com")
    sign_up("grace@example.com")
    ada, grace = (secrets_in(mail) for mail in mailbox)

    tune(SIGNING_KEYS=["b" * 32, "a" * 32])
    kept = confirm(email="ada@example.com", code=ada.code)
    tune(SIGNING_KEYS=["b" * 32])
    dropped = [
        confirm(token=grace.token),
        confirm(email="grace@example.com", code=grace.code),
        confirm(email="grace@example.com", code=""),
    ]

    assert kept.status_code == 201
    assert [response.status_code for response in dropped] == [400] * 3


def test_secrets_of_one_purpose_answer_no_other(api, confirm, mailed):
    other = challenges.open_challenge(
        addresses.look_up(EMAIL).user, EMAIL, Purpose.PASSWORD_RESET
    )
    tokens = confirm(token=mailed.token).json()
    url = reverse("starterkit_auth:session")

    as_confirmation = [
        confirm(token=tokens["access_token"]),
        confirm(token=tokens["refresh_token"]),
        confirm(token=challenge_secrets.link_token_of(other)),
        confirm(email=EMAIL, code=challenge_secrets.code_of(other)),
    ]
    as_access = api.get(url, headers={"authorization": f"Bearer {mailed.token}"})

    assert all(is_refused(response) for response in as_confirmation)
    assert as_access.status_code == 401


def test_too_many_tries_from_one_network_are_refused(confirm, mailed, tune):
    tune(CONFIRMATION_NETWORK_LIMIT="2/1h")
    confirm(token="skl_x")
    confirm(token="skl_x")

    response = confirm(token=mailed.token)

    assert response.status_code == 429
    assert int(response.headers["Retry-After"]) > 0
    assert not is_verified()


@pytest.mark.parametrize("email", [EMAIL, "nobody@example.com"])
def test_too_many_codes_for_one_address_leave_it_its_link(confirm, mailed, tune, email):
    tune(CONFIRMATION_ADDRESS_LIMIT="2/1h")
    confirm(email=email, code=wrong(mailed.code))
    confirm(email=email.upper(), code=wrong(mailed.code))

    limited = confirm(email=email, code=wrong(mailed.code))
    by_link = confirm(token=mailed.token)

    assert limited.status_code == 429
    assert by_link.status_code == 201


def test_sends_its_signal_after_the_commit(confirm, mailed, received):
    confirmed, started = received(address_confirmed), received(session_started)

    confirm(token="skl_x")
    confirm(token=mailed.token)

    [facts] = confirmed
    assert facts["user"] == addresses.look_up(EMAIL).user
    assert facts["address"] == EMAIL
    assert len(started) == 1


def test_records_confirmations_and_refused_tries(confirm, mailed):
    confirm(token="skl_x")
    confirm(token=mailed.token)

    actions = AuditEvent.objects.order_by("pk").values_list("action", flat=True)
    assert [*actions] == [
        "auth.registered",
        "auth.confirmation_refused",
        "auth.address_confirmed",
        "auth.signed_in",
    ]


def test_the_password_signs_in_from_then_on(api, confirm, mailed, mailbox, secrets_in):
    url = reverse("starterkit_auth:session")
    body = {"email": EMAIL, "password": PASSWORD}

    before = api.post(url, body)
    confirm(token=secrets_in(mailbox[-1]).token)
    after = api.post(url, body)

    assert before.json()["code"] == "email_unverified"
    assert after.status_code == 201


class LabellingOpenSession(OpenSession.active()):
    """A host project's use case: one step replaced, the rest inherited."""

    def session_fields(self):
        return super().session_fields() | {"device_name": "First session"}


def test_a_host_can_replace_one_step(confirm, mailed, settings):
    settings.STARTERKIT_OVERRIDES = {
        OpenSession.key: f"{__name__}.LabellingOpenSession"
    }

    response = confirm(token=mailed.token)

    assert response.json()["session"]["device_name"] == "First session"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", ["code", "link"])
def test_of_many_confirmations_at_once_one_wins(at_once, mailed, tune, way):
    tune(CONFIRMATION_NETWORK_LIMIT="1000/1h", CONFIRMATION_ADDRESS_LIMIT="1000/1h")
    url = reverse("starterkit_auth:registration-confirmation")
    body = {"token": mailed.token}
    if way == "code":
        body = {"email": EMAIL, "code": mailed.code}

    answers = at_once(PARALLEL, lambda _: ApiClient().post(url, body))

    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [201] + [400] * 15
    assert session_model().objects.count() == 1
    assert is_verified()


@pytest.mark.django_db(transaction=True)
def test_many_guesses_at_once_are_no_more_than_five(at_once, mailed, tune):
    tune(CONFIRMATION_NETWORK_LIMIT="1000/1h", CONFIRMATION_ADDRESS_LIMIT="1000/1h")
    url = reverse("starterkit_auth:registration-confirmation")

    def guess(number):
        api = ApiClient()
        code = f"{(int(mailed.code) + number + 1) % 10**6:06}"
        return api.post(url, {"email": EMAIL, "code": code})

    answers = at_once(PARALLEL, guess)

    assert {answer.status_code for answer in answers} == {400}
    assert Challenge.objects.get().attempts == 5


@pytest.mark.django_db(transaction=True)
def test_signing_up_again_while_confirming_leaves_one_password(at_once, mailed, tune):
    tune(
        CONFIRMATION_NETWORK_LIMIT="1000/1h",
        RESEND_ADDRESS_LIMIT="1000/1h",
        REGISTRATION_NETWORK_LIMIT="1000/1h",
    )
    confirmation = reverse("starterkit_auth:registration-confirmation")
    registration = reverse("starterkit_auth:registration")

    def call(number):
        api = ApiClient()
        if number % 2:
            return api.post(confirmation, {"token": mailed.token})
        body = {"email": EMAIL, "password": f"another good password {number}"}
        return api.post(registration, body)

    answers = at_once(PARALLEL, call)

    confirmed = [answer for answer in answers if answer.status_code == 201]
    assert {answer.status_code for answer in answers} <= {201, 202, 400}
    user = addresses.look_up(EMAIL).user
    # The client that confirmed has the account with the password of its own sign-up.
    assert len(confirmed) == is_verified() <= user.check_password(PASSWORD)
