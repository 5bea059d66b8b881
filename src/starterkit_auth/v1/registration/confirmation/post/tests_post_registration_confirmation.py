"""POST v1/registration/confirmation/: two proofs make one account, once."""

from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core.management import call_command
from django.db import connections, transaction
from django.urls import reverse
from django.utils import timezone

from starterkit_auth.models import EmailAddress, PendingRegistration, session_model
from starterkit_auth.services import (
    addresses,
    challenge_secrets,
    challenges,
    closed_accounts,
    hashing,
)
from starterkit_auth.services.challenge_secrets import random_registration_token
from starterkit_auth.services.purposes import Purpose
from starterkit_auth.use_cases.create_account import CreateAccount
from starterkit_auth.use_cases.open_session import OpenSession
from starterkit_auth.use_cases.send_confirmation import (
    SendConfirmation,
    SendConfirmationInput,
)
from starterkit_auth.v1.registration.conftest import PARALLEL, WAYS, waiting_of
from starterkit_core.models import AuditEvent
from starterkit_core.signals import address_confirmed, session_started
from starterkit_core.testing.client import ApiClient
from starterkit_core.testing.plugin import PASSWORD
from starterkit_core.utils.client import Client

pytestmark = pytest.mark.django_db

KEY = "starterkit_auth.v1.registration.confirmation.post"
EMAIL = "ada@example.com"
URL = reverse("starterkit_auth:registration-confirmation")
SESSION = reverse("starterkit_auth:session")
OTHER_PASSWORD = "a rose is a rose is a rose"


CLOSABLE = pytest.mark.skipif(
    not closed_accounts.has_state(),
    reason="the user model here has no column to close an account",
)
BY_WAY = pytest.mark.parametrize("way", WAYS)


@pytest.fixture
def waiting(ask):
    """A sign-up whose address is to be proven."""
    return ask(EMAIL)


@pytest.fixture
def unproven(api, make_user, mailbox, secrets_in):
    """An account from before whose user has signed in, and is to prove the address."""
    user = make_user(**{get_user_model().get_email_field_name(): EMAIL})
    response = api.post(SESSION, {"email": EMAIL, "password": PASSWORD})
    assert response.json()["code"] == "email_unverified"
    waiting = waiting_of(response, secrets_in(mailbox[-1]))
    waiting.user = user
    return waiting


def wrong(code):
    return f"{(int(code) + 1) % 10**6:06}"


def is_refused(response):
    return (response.status_code, response.json()["code"]) == (
        400,
        "invalid_confirmation",
    )


def is_verified(email=EMAIL):
    account = addresses.look_up(email)
    return account is not None and account.verified


@BY_WAY
def test_makes_the_account_and_opens_a_session(confirm, waiting, way):
    client = {"device_name": "Ada's phone", "platform": "iOS 26", "app_version": "4.2"}

    response = confirm(**waiting.by(way), client=client)

    assert response.status_code == 201
    answer = response.json()
    assert answer["access_token"]
    assert answer["refresh_token"]
    assert answer["token_type"] == "Bearer"
    assert answer["session"]["device_name"] == "Ada's phone"
    user = addresses.look_up(EMAIL).user
    assert answer["user"]["id"] == str(user.pk)
    assert user.check_password(PASSWORD)
    assert is_verified()
    session = session_model().objects.get()
    assert (session.user_id, session.platform) == (user.pk, "iOS 26")
    assert not PendingRegistration.objects.exists()


def test_the_session_is_one_to_go_on_with(api, confirm, waiting):
    token = confirm(**waiting.by("link")).json()["access_token"]

    response = api.get(SESSION, headers={"authorization": f"Bearer {token}"})

    assert response.status_code == 200


def test_a_browser_gets_a_cookie_and_no_token(api, waiting):
    response = api.post(
        URL,
        {**waiting.by("link"), "client": {"transport": "cookie"}},
        headers={"sec-fetch-site": "same-origin"},
    )

    assert response.status_code == 201
    assert response.json().keys() == {"transport", "session", "user"}
    cookie = response.cookies["__Host-starterkit"]
    assert cookie["httponly"]


def test_another_site_cannot_ask_for_a_cookie(confirm, waiting):
    response = confirm(**waiting.by("link"), client={"transport": "cookie"})

    assert response.status_code == 403
    assert response.json()["code"] == "cross_site_request"
    assert not is_verified()


def test_a_code_may_be_typed_as_people_do(confirm, waiting):
    waiting.code = f" {waiting.code[:3]} {waiting.code[3:]} "

    response = confirm(**waiting.by("code"))

    assert response.status_code == 201


@pytest.mark.parametrize("first", WAYS)
@BY_WAY
def test_one_mail_confirms_once(confirm, waiting, first, way):
    assert confirm(**waiting.by(first)).status_code == 201

    assert is_refused(confirm(**waiting.by(way)))
    assert session_model().objects.count() == 1


def test_what_was_mailed_is_not_enough(confirm, ask):
    mine, other = ask(EMAIL, PASSWORD), ask(EMAIL, OTHER_PASSWORD)

    crossed = [
        {"registration_token": mine.registration_token, "code": other.code},
        {"registration_token": mine.registration_token, "token": other.token},
        {"registration_token": other.registration_token, "token": mine.token},
        {"token": mine.token, "password": OTHER_PASSWORD},
        {"token": other.token, "password": PASSWORD},
    ]

    assert all(is_refused(confirm(**body)) for body in crossed)
    assert not get_user_model()._base_manager.exists()


@BY_WAY
def test_the_first_that_is_confirmed_is_the_account_and_the_others_end(
    confirm, ask, way
):
    attacker, owner = ask(EMAIL, OTHER_PASSWORD), ask(EMAIL.upper(), PASSWORD)

    response = confirm(**owner.by(way))

    assert response.status_code == 201
    assert addresses.look_up(EMAIL).user.check_password(PASSWORD)
    assert all(is_refused(confirm(**attacker.by(each))) for each in WAYS)
    assert not PendingRegistration.objects.exists()
    assert get_user_model()._base_manager.count() == 1


def test_an_address_that_got_an_account_meanwhile_stays_with_it(
    confirm, waiting, make_user
):
    user = make_user(**{get_user_model().get_email_field_name(): EMAIL})

    answers = [confirm(**waiting.by(way)) for way in WAYS]

    assert all(is_refused(answer) for answer in answers)
    assert [*get_user_model()._base_manager.all()] == [user]
    assert not session_model().objects.exists()


def test_every_failed_confirmation_gets_one_answer(confirm, ask, waiting):
    foreign = ask("grace@example.com")
    own, token = waiting.registration_token, waiting.token
    tampered = token[:-1] + ("A" if token[-1] != "A" else "B")

    answers = [
        confirm(registration_token=own, code=wrong(waiting.code)),
        confirm(registration_token=random_registration_token(), code=waiting.code),
        confirm(registration_token=foreign.registration_token, code=waiting.code),
        confirm(registration_token=own, code="abc"),
        confirm(registration_token=own, code="٠١٢٣٤٥"),
        confirm(registration_token=own, token=tampered),
        confirm(registration_token=own, token=own),
        confirm(registration_token=token, token=token),
        confirm(registration_token=token, code=waiting.code),
        confirm(registration_token="skg_é", code=waiting.code),
        confirm(token=token, password="not the password"),
        confirm(token=tampered, password=PASSWORD),
        confirm(token=foreign.token, password="not the password"),
        confirm(token=token.removeprefix("skl_"), password=PASSWORD),
        confirm(token="skl_" + "A" * 64, password=PASSWORD),
        confirm(token="garbled", password=PASSWORD),
        confirm(token=waiting.code, password=PASSWORD),
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
        {"code": "123456"},
        {"token": "skl_x"},
        {"registration_token": "skg_x"},
        {"password": PASSWORD},
        {"code": "123456", "password": PASSWORD},
        {"email": EMAIL, "code": "123456"},
        {"registration_token": "skg_x", "password": PASSWORD},
        {"registration_token": "skg_x", "code": "123456", "token": "skl_x"},
        {"registration_token": "skg_x", "code": "123456", "password": PASSWORD},
        {"registration_token": "skg_x", "token": "skl_x", "password": PASSWORD},
        {"registration_token": "skg_x", "code": 123456},
        {"registration_token": "skg_x", "code": None},
        {"registration_token": "skg_x", "code": ["123456"]},
        {"registration_token": "skg_x", "code": "123456\x00"},
        {"registration_token": "skg_x", "code": "1" * 33},
        {"registration_token": "", "code": "123456"},
        {"registration_token": ["skg_x"], "code": "123456"},
        {"registration_token": "x" * 257, "code": "123456"},
        {"registration_token": "skg_x", "token": ""},
        {"registration_token": "skg_x", "token": {"a": 1}},
        {"registration_token": "skg_x", "token": "x" * 257},
        {"token": "skl_x", "password": 1},
        {"token": "skl_x", "password": "x" * 257},
        {"token": "skl_x", "password": PASSWORD, "client": "bearer"},
        {"token": "skl_x", "password": PASSWORD, "client": {"transport": "smoke"}},
        {"token": "skl_x", "password": PASSWORD, "client": {"platform": "x" * 101}},
    ],
)
def test_refuses_a_malformed_body(confirm, body):
    response = confirm(**body)

    assert response.status_code == 400
    assert response.json()["code"] == "validation_error"


def test_refuses_a_body_that_is_no_object(api):
    response = api.post(URL, ["x"])

    assert response.status_code == 400


def test_only_post_uses_the_link(api, confirm, waiting):
    answers = [
        api.get(URL, {"token": waiting.token}),
        api.head(URL, {"token": waiting.token}),
        api.options(URL, {"token": waiting.token}),
    ]

    assert [answer.status_code for answer in answers] == [405, 405, 204]
    assert not is_verified()
    assert confirm(**waiting.by("link")).status_code == 201


def test_a_code_takes_five_tries_and_the_link_goes_on(confirm, waiting):
    code, waiting.code = waiting.code, wrong(waiting.code)
    for _ in range(5):
        assert is_refused(confirm(**waiting.by("code")))

    waiting.code = code
    assert is_refused(confirm(**waiting.by("code")))
    assert confirm(**waiting.by("link")).status_code == 201


def test_only_its_own_client_uses_up_the_tries_of_a_code(confirm, ask):
    owner, attacker = ask(EMAIL), ask(EMAIL, OTHER_PASSWORD)
    attacker.code = wrong(owner.code)
    for _ in range(6):
        confirm(**attacker.by("code"))

    assert confirm(**owner.by("code")).status_code == 201


def test_tries_stay_counted_where_requests_are_transactions(
    confirm, waiting, monkeypatch
):
    database = transaction.get_connection().settings_dict
    monkeypatch.setitem(database, "ATOMIC_REQUESTS", value=True)
    assert connections.settings["default"]["ATOMIC_REQUESTS"]
    waiting.code = wrong(waiting.code)

    confirm(**waiting.by("code"))

    assert PendingRegistration.objects.get().attempts == 1


@pytest.mark.parametrize(
    ("way", "minutes", "status"),
    [
        ("code", 9, 201),
        ("code", 11, 400),
        ("link", 23 * 60, 201),
        ("link", 1441, 400),
        ("elsewhere", 23 * 60, 201),
        ("elsewhere", 1441, 400),
    ],
)
def test_code_and_link_expire(confirm, waiting, way, minutes, status):
    with time_machine.travel(timezone.now() + timedelta(minutes=minutes), tick=False):
        response = confirm(**waiting.by(way))

    assert response.status_code == status


@BY_WAY
def test_an_account_from_before_proves_its_address(confirm, unproven, way):
    response = confirm(**unproven.by(way))

    assert response.status_code == 201
    account = addresses.look_up(EMAIL)
    assert (account.user, account.verified) == (unproven.user, True)
    assert all(is_refused(confirm(**unproven.by(each))) for each in WAYS)


def test_a_confirmation_opens_nothing_for_a_client_without_the_password(
    *,
    confirm,
    make_user,
    mailbox,
    secrets_in,
    django_capture_on_commit_callbacks,
):
    user = make_user(**{get_user_model().get_email_field_name(): EMAIL})
    user.set_unusable_password()
    user.save()
    with django_capture_on_commit_callbacks(execute=True):
        SendConfirmation.execute(
            SendConfirmationInput(user=user, address=EMAIL, client=Client())
        )
    token = secrets_in(mailbox[-1]).token

    answers = [confirm(token=token, password=each) for each in (PASSWORD, "!", "x")]

    assert all(is_refused(answer) for answer in answers)
    assert not session_model().objects.exists()
    assert not is_verified()


@BY_WAY
def test_void_once_the_user_has_another_address(confirm, unproven, way):
    user = unproven.user
    setattr(user, user.get_email_field_name(), "lovelace@example.com")
    user.save()

    assert is_refused(confirm(**unproven.by(way)))


@BY_WAY
def test_void_once_the_user_has_another_password(confirm, unproven, way):
    unproven.user.set_password(OTHER_PASSWORD)
    unproven.user.save()

    assert is_refused(confirm(**unproven.by(way)))


@BY_WAY
def test_refuses_an_account_that_was_switched_off(confirm, unproven, way):
    unproven.user.is_active = False
    unproven.user.save()

    response = confirm(**unproven.by(way))

    assert is_refused(response)
    assert not is_verified()


@CLOSABLE
@BY_WAY
@pytest.mark.parametrize("bulk", ["neither", "closing", "opening"])
def test_void_once_the_account_was_closed_and_opened(confirm, unproven, way, bulk):
    users = get_user_model().objects.filter(pk=unproven.user.pk)
    for step, active in {"closing": False, "opening": True}.items():
        unproven.user.is_active = active
        if step == bulk:
            users.update(is_active=active)
        else:
            unproven.user.save()

    assert is_refused(confirm(**unproven.by(way)))
    assert not session_model().objects.exists()


@CLOSABLE
@BY_WAY
def test_what_was_tried_while_an_account_was_closed_stays_dead(confirm, unproven, way):
    users = get_user_model().objects.filter(pk=unproven.user.pk)
    users.update(is_active=False)
    assert is_refused(confirm(**unproven.by(way)))
    users.update(is_active=True)

    assert is_refused(confirm(**unproven.by(way)))


@CLOSABLE
@BY_WAY
def test_any_link_that_was_tried_while_closed_voids_all(api, confirm, unproven, way):
    url = reverse("starterkit_auth:password-reset-confirmation")
    reset = challenges.open_challenge(unproven.user, EMAIL, Purpose.PASSWORD_RESET)
    token = challenge_secrets.link_token_of(reset)
    users = get_user_model().objects.filter(pk=unproven.user.pk)
    users.update(is_active=False)
    api.post(url, {"token": token, "new_password": OTHER_PASSWORD})
    users.update(is_active=True)

    assert is_refused(confirm(**unproven.by(way)))


@CLOSABLE
def test_a_command_cleans_up_after_a_bulk_update(confirm, unproven):
    users = get_user_model().objects.filter(pk=unproven.user.pk)
    users.update(is_active=False)
    call_command("auth_suspend", "--inactive", stdout=StringIO())
    users.update(is_active=True)

    assert all(is_refused(confirm(**unproven.by(way))) for way in WAYS)


class Stronger(PBKDF2PasswordHasher):
    iterations = 7


@BY_WAY
def test_survives_a_new_hash_of_the_same_password(confirm, unproven, way, settings):
    """Such as one with the parameters of a newer Django, made by this very request."""
    hashers = [f"{__name__}.Stronger", *settings.PASSWORD_HASHERS]
    settings.PASSWORD_HASHERS = hashers

    assert confirm(**unproven.by(way)).status_code == 201


@BY_WAY
def test_void_once_the_address_was_proven_otherwise(confirm, unproven, way):
    addresses.assign(unproven.user, EMAIL, verified=True)

    assert is_refused(confirm(**unproven.by(way)))


def test_new_keys_leave_mails_alone_and_dropped_keys_void_them(confirm, ask, tune):
    tune(SIGNING_KEYS=["a" * 32])
    ada, grace = ask("ada@example.com"), ask("grace@example.com")

    tune(SIGNING_KEYS=["b" * 32, "a" * 32])
    kept = confirm(**ada.by("code"))
    tune(SIGNING_KEYS=["b" * 32])
    dropped = [confirm(**grace.by(way)) for way in WAYS]

    assert kept.status_code == 201
    assert [response.status_code for response in dropped] == [400] * 3


def test_secrets_of_one_purpose_answer_no_other(api, confirm, ask, waiting):
    tokens = confirm(**waiting.by("link")).json()
    other = challenges.open_challenge(
        addresses.look_up(EMAIL).user, EMAIL, Purpose.PASSWORD_RESET
    )
    mine = ask("grace@example.com")

    as_confirmation = [
        confirm(token=token, password=PASSWORD)
        for token in (
            tokens["access_token"],
            tokens["refresh_token"],
            challenge_secrets.link_token_of(other),
        )
    ]
    as_access = [
        api.get(SESSION, headers={"authorization": f"Bearer {token}"})
        for token in (mine.token, mine.registration_token)
    ]

    assert all(is_refused(response) for response in as_confirmation)
    assert {response.status_code for response in as_access} == {401}


def test_too_many_tries_from_one_network_are_refused(confirm, waiting, tune):
    tune(CONFIRMATION_NETWORK_LIMIT="2/1h")
    confirm(registration_token="skg_x", code="123456")
    confirm(registration_token="skg_x", code="123456")

    response = confirm(**waiting.by("link"))

    assert response.status_code == 429
    assert int(response.headers["Retry-After"]) > 0
    assert not is_verified()


@pytest.mark.parametrize("kind", ["waiting", "unproven"])
def test_guesses_of_the_password_count_as_attempts_to_sign_in(
    confirm, tune, kind, request
):
    waiting = request.getfixturevalue(kind)
    tune(SIGN_IN_ACCOUNT_LIMIT="3/15m")
    guesses = [confirm(token=waiting.token, password=f"guess {n}") for n in range(4)]

    response = confirm(**waiting.by("elsewhere"))

    assert guesses[0].status_code == 400
    assert guesses[3].status_code == response.status_code == 429
    assert confirm(**waiting.by("code")).status_code == 201


def test_a_stranger_cannot_use_up_the_tries_of_a_sign_up(api, confirm, waiting, tune):
    tune(SIGN_IN_ACCOUNT_LIMIT="3/15m")
    guess = {"email": EMAIL, "password": "a guess of a stranger"}
    guesses = [api.post(SESSION, guess).status_code for _ in range(4)]

    response = confirm(**waiting.by("elsewhere"))

    assert guesses == [401, 401, 401, 429]
    assert response.status_code == 201


def test_a_right_password_of_a_sign_up_gives_no_guesses_at_an_account(
    api, confirm, ask, make_user, tune
):
    """Such as one whose account came about by other means, while the sign-up waited."""
    tune(SIGN_IN_ACCOUNT_LIMIT="3/15m")
    waiting = ask(EMAIL, OTHER_PASSWORD)
    make_user(**{get_user_model().get_email_field_name(): EMAIL})
    guess = {"email": EMAIL, "password": "a guess of a stranger"}

    answers = []
    for _ in range(4):
        answers.append(api.post(SESSION, guess).status_code)
        confirm(**waiting.by("elsewhere"))

    assert answers == [401, 401, 401, 429]


def test_a_try_that_finds_no_turn_to_hash_does_not_count(
    confirm, waiting, tune, monkeypatch
):
    tune(CONFIRMATION_NETWORK_LIMIT="3/1h")

    with monkeypatch.context() as busy:
        busy.setattr(hashing._queue, "_hashing", 1)
        busy.setattr(hashing._queue, "_waiting", 1)
        refused = [confirm(**waiting.by("elsewhere")).status_code for _ in range(4)]

    assert refused == [503] * 4
    assert confirm(**waiting.by("elsewhere")).status_code == 201


def test_sends_its_signal_after_the_commit(confirm, waiting, received):
    confirmed, started = received(address_confirmed), received(session_started)

    confirm(token="skl_x", password=PASSWORD)
    confirm(**waiting.by("link"))

    [facts] = confirmed
    assert facts["user"] == addresses.look_up(EMAIL).user
    assert facts["address"] == EMAIL
    assert len(started) == 1


def test_records_confirmations_and_refused_tries(confirm, waiting):
    confirm(token="skl_x", password=PASSWORD)
    confirm(**waiting.by("link"))

    actions = AuditEvent.objects.order_by("pk").values_list("action", flat=True)
    assert [*actions] == [
        "auth.confirmation_refused",
        "auth.registered",
        "auth.address_confirmed",
        "auth.signed_in",
    ]


def test_the_password_signs_in_from_then_on(api, confirm, waiting):
    body = {"email": EMAIL, "password": PASSWORD}

    before = api.post(SESSION, body)
    confirm(**waiting.by("link"))
    after = api.post(SESSION, body)

    assert before.json()["code"] == "invalid_credentials"
    assert after.status_code == 201


class LabellingOpenSession(OpenSession.active()):
    """A host project's use case: one step replaced, the rest inherited."""

    def session_fields(self):
        return super().session_fields() | {"device_name": "First session"}


def replaced(settings, use_case, name):
    """Name one more replacement beside those of the project."""
    former = getattr(settings, "STARTERKIT_OVERRIDES", {})
    settings.STARTERKIT_OVERRIDES = {**former, use_case.key: f"{__name__}.{name}"}
    return former


def test_a_host_can_replace_one_step(confirm, waiting, settings):
    replaced(settings, OpenSession, "LabellingOpenSession")

    response = confirm(**waiting.by("link"))

    assert response.json()["session"]["device_name"] == "First session"


class Ending(CreateAccount.active()):
    """A host project's use case that fails after the account is saved."""

    def record_event(self, user):
        raise RuntimeError("The host's own step failed.")


def test_all_of_the_account_is_saved_or_none(confirm, waiting, settings):
    former = replaced(settings, CreateAccount, "Ending")
    with pytest.raises(RuntimeError):
        confirm(**waiting.by("code"))
    assert not get_user_model()._base_manager.exists()

    settings.STARTERKIT_OVERRIDES = former

    assert confirm(**waiting.by("code")).status_code == 201


class ApprovedAccount(CreateAccount.active()):
    """Of a project whose administrators open each new account."""

    def new_user(self, fields):
        return super().new_user(fields | {"is_active": False})


@CLOSABLE
@BY_WAY
def test_a_project_can_make_accounts_that_wait_to_be_opened(
    *, api, confirm, waiting, way, settings
):
    replaced(settings, CreateAccount, "ApprovedAccount")

    response = confirm(**waiting.by(way))

    account = addresses.look_up(EMAIL)
    assert (response.status_code, response.json()["code"]) == (
        401,
        "invalid_credentials",
    )
    assert (account.verified, account.user.is_active) == (True, False)
    assert not session_model().objects.exists()
    get_user_model().objects.update(is_active=True)
    body = {"email": EMAIL, "password": PASSWORD}
    assert api.post(SESSION, body).status_code == 201


@pytest.mark.django_db(transaction=True)
@BY_WAY
def test_of_many_confirmations_at_once_one_wins(at_once, waiting, tune, way):
    tune(
        CONFIRMATION_NETWORK_LIMIT="1000/1h",
        SIGN_IN_ACCOUNT_LIMIT="1000/1h",
        CODE_TRIES=PARALLEL,
        HASHES_AT_ONCE=PARALLEL,
    )

    answers = at_once(PARALLEL, lambda _: ApiClient().post(URL, waiting.by(way)))

    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [201] + [400] * 15
    assert session_model().objects.count() == 1
    assert get_user_model()._base_manager.count() == 1
    assert is_verified()


@pytest.mark.django_db(transaction=True)
def test_many_guesses_at_once_are_no_more_than_five(at_once, waiting, tune):
    tune(CONFIRMATION_NETWORK_LIMIT="1000/1h")

    def guess(number):
        code = f"{(int(waiting.code) + number + 1) % 10**6:06}"
        body = {"registration_token": waiting.registration_token, "code": code}
        return ApiClient().post(URL, body)

    answers = at_once(PARALLEL, guess)

    assert {answer.status_code for answer in answers} == {400}
    assert PendingRegistration.objects.get().attempts == 5


@pytest.mark.django_db(transaction=True)
def test_of_two_parties_at_once_each_confirms_its_own_and_one_wins(at_once, ask, tune):
    tune(
        CONFIRMATION_NETWORK_LIMIT="1000/1h",
        RESEND_ADDRESS_LIMIT="1000/1h",
        REGISTRATION_NETWORK_LIMIT="1000/1h",
        SIGN_IN_ACCOUNT_LIMIT="1000/1h",
        HASHES_AT_ONCE=PARALLEL,
    )
    asked = [
        ask(EMAIL, PASSWORD if number % 2 else OTHER_PASSWORD)
        for number in range(PARALLEL)
    ]

    def call(number):
        mine, other = asked[number], asked[number - 1]
        crossed = [
            {"registration_token": mine.registration_token, "token": other.token},
            {"registration_token": other.registration_token, "code": mine.code},
            {"token": other.token, "password": mine.password},
        ]
        stolen = [ApiClient().post(URL, body) for body in crossed]
        return mine, stolen, ApiClient().post(URL, mine.by(WAYS[number % 3]))

    answers = at_once(PARALLEL, call)

    assert all(is_refused(answer) for _, stolen, _ in answers for answer in stolen)
    won = [mine for mine, _, own in answers if own.status_code == 201]
    lost = [own for _, _, own in answers if own.status_code != 201]
    assert len(won) == 1
    assert all(is_refused(own) for own in lost)
    assert {own.json()["detail"] for own in lost} == {lost[0].json()["detail"]}
    user = get_user_model()._base_manager.get()
    assert user.check_password(won[0].password)
    assert EmailAddress.objects.count() == session_model().objects.count() == 1
    assert not PendingRegistration.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_signing_up_again_while_confirming_leaves_the_account_alone(
    at_once, waiting, tune
):
    tune(
        CONFIRMATION_NETWORK_LIMIT="1000/1h",
        RESEND_ADDRESS_LIMIT="1000/1h",
        REGISTRATION_NETWORK_LIMIT="1000/1h",
        HASHES_AT_ONCE=PARALLEL,
    )
    registration = reverse("starterkit_auth:registration")

    def call(number):
        if number % 2:
            return ApiClient().post(URL, waiting.by("link"))
        body = {"email": EMAIL, "password": f"another good password {number}"}
        return ApiClient().post(registration, body)

    answers = at_once(PARALLEL, call)

    assert sorted(answer.status_code for answer in answers) == (
        [201] + [202] * 8 + [400] * 7
    )
    assert addresses.look_up(EMAIL).user.check_password(PASSWORD)
