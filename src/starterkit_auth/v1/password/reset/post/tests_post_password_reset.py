"""POST v1/password/reset: one answer for every address."""

from datetime import timedelta
from http import HTTPStatus

import pytest
import time_machine
from django import VERSION
from django.core.cache.backends.locmem import LocMemCache
from django.core.mail.backends.locmem import EmailBackend
from django.db import transaction
from django.test.signals import template_rendered
from django.urls import reverse
from django.utils import timezone

from starterkit_auth.mails.confirmations import ResetPasswordMail
from starterkit_auth.models import Challenge
from starterkit_auth.services import addresses, user_addresses
from starterkit_core.models import AuditEvent
from starterkit_core.testing.client import ApiClient

from .use_case import StartPasswordReset

URL = reverse("starterkit_auth:password-reset")
CONFIRMATION = reverse("starterkit_auth:password-reset-confirmation")
KEY = "starterkit_auth.v1.password.reset.post"
NEW = "a rose is a rose is a"
NOBODY = "nobody@example.com"

pytestmark = pytest.mark.django_db


@pytest.fixture
def address_in(make_user):
    """Return a function that makes an address of some state."""

    def make(state):
        if state == "unknown":
            return NOBODY
        user = make_user(is_active=state != "inactive")
        if state == "without password":
            user.set_unusable_password()
            user.save()
        if state == "with an empty password":
            type(user)._base_manager.filter(pk=user.pk).update(password="")
        if state in {"proven", "claimed"}:
            address = user_addresses.address_of(user)
            addresses.assign(user, address, verified=state == "proven")
        return user_addresses.address_of(user)

    return make


def test_mails_a_code_and_a_link(ask, address, mailbox, secrets_in):
    response = ask(address)

    [sent] = mailbox
    secrets = secrets_in(sent)
    assert response.status_code == HTTPStatus.ACCEPTED
    assert response.json() == {"email": address, "status": "reset_sent"}
    assert sent.to == [address]
    assert f"https://app.example.com/reset-password?token={secrets.token}" in sent.body
    html = sent.alternatives[0].content
    assert secrets.code in html
    assert secrets.token in html


def test_the_mail_speaks_of_no_link_without_a_place_for_it(ask, address, mailbox, tune):
    tune(FRONTEND_URL="")

    ask(address)

    assert "link" not in mailbox[0].body + mailbox[0].alternatives[0].content


WITHOUT = ["without password", "with an empty password"]
STATES = ["proven", "claimed", "from before", "unknown", "inactive", *WITHOUT]


def test_answers_every_address_in_every_state_alike(ask, address_in):
    def answer(state):
        address = address_in(state)
        response = ask(address)
        headers = {name: response[name] for name in response.headers}
        headers.pop("X-Request-ID")
        headers["Content-Length"] = len(response.content) - len(address)
        body = response.json() | {"email": ""}
        return response.status_code, body, headers, [*response.cookies]

    answers = [answer(state) for state in STATES]

    assert answers == [answers[0]] * len(STATES)


@pytest.mark.parametrize("state", ["unknown", "inactive", *WITHOUT])
def test_mails_no_user_who_may_not_choose_a_password(ask, address_in, mailbox, state):
    response = ask(address_in(state))

    assert response.status_code == HTTPStatus.ACCEPTED
    assert not mailbox
    assert not Challenge.objects.exists()


@pytest.mark.parametrize("state", ["proven", "claimed", "from before"])
def test_mails_every_user_who_may_choose_a_password(ask, address_in, mailbox, state):
    address = address_in(state)

    ask(address)

    assert [sent.to for sent in mailbox] == [[address]]


@pytest.mark.parametrize(
    "spell", [str.upper, str.title, lambda text: text.replace("@ex", "@\uff45x")]
)
def test_mails_the_address_in_the_account_never_the_one_sent(
    ask, address, mailbox, spell
):
    """CVE-2019-19844: two addresses that are one to us may be two mailboxes."""
    response = ask(spell(address))

    assert [sent.to for sent in mailbox] == [[address]]
    assert response.json()["email"] == spell(address)


def test_the_link_is_made_from_the_settings_alone(api, address, mailbox):
    headers = {
        "HTTP_HOST": "testserver",
        "HTTP_X_FORWARDED_HOST": "evil.test",
        "HTTP_ORIGIN": "https://evil.test",
        "HTTP_REFERER": "https://evil.test/",
    }

    api.post(f"{URL}?next=https://evil.test", {"email": address}, **headers)

    assert "evil" not in mailbox[0].body + mailbox[0].alternatives[0].content


@pytest.mark.parametrize("empty", ["FRONTEND_URL", "RESET_URL"])
def test_without_a_page_of_ours_there_is_only_a_code(
    ask, address, mailbox, tune, empty
):
    tune(**{empty: ""})

    ask(address)

    assert "?token=" not in mailbox[0].body
    assert "Or open this link" not in mailbox[0].body


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"email": ""},
        {"email": None},
        {"email": 1},
        {"email": ["ada@example.com"]},
        {"email": "ada"},
        {"email": "ada@example.com\x00"},
        {"email": "ada@example.com\nBcc: eve@example.com"},
        {"email": "a" * 250 + "@example.com"},
        [],
        "text",
    ],
)
def test_refuses_a_malformed_body(api, body, mailbox):
    response = api.post(URL, body)

    assert response.status_code == HTTPStatus.BAD_REQUEST
    assert response.json()["code"] == "validation_error"
    assert not mailbox


def test_works_without_signing_in_and_with_a_dead_token(api, address):
    response = api.post(URL, {"email": address}, HTTP_AUTHORIZATION="Bearer dead")

    assert response.status_code == HTTPStatus.ACCEPTED


def test_a_newer_mail_voids_the_former(ask, address, mailbox, secrets_in, reset):
    ask(address)
    ask(address)
    former, newer = (secrets_in(sent) for sent in mailbox)

    assert reset(token=former.token).status_code == HTTPStatus.BAD_REQUEST
    assert reset(token=newer.token).status_code == HTTPStatus.NO_CONTENT


def test_no_code_and_no_link_token_is_stored(ask, address, mailbox, secrets_in):
    ask(address)

    row = str(vars(Challenge.objects.get())) + str(AuditEvent.objects.values())
    secrets = secrets_in(mailbox[0])
    assert secrets.code not in row
    assert secrets.token not in row


@pytest.mark.parametrize("state", ["proven", "unknown"])
def test_too_many_mails_to_one_address_are_answered_as_ever(
    ask, address_in, mailbox, tune, state
):
    tune(RESEND_ADDRESS_LIMIT="2/1h")
    address = address_in(state)
    spellings = [address, address.upper(), address.title()]

    statuses = [ask(spelling).status_code for spelling in spellings]

    assert statuses == [HTTPStatus.ACCEPTED] * 3
    assert len(mailbox) == (2 if state == "proven" else 0)


def test_mails_of_another_kind_do_not_count_against_this_one(
    api, ask, address, mailbox, tune
):
    """Confirmation mails that an attacker asks for do not stop a reset (C027)."""
    tune(RESEND_ADDRESS_LIMIT="1/1h")
    registration = reverse("starterkit_auth:registration")
    api.post(registration, {"email": address, "password": NEW})
    mailbox.clear()

    ask(address)

    assert len(mailbox) == 1


def test_beyond_the_global_limit_the_answer_is_as_ever(ask, address_in, mailbox, tune):
    tune(RESEND_GLOBAL_LIMIT="1/1h")
    ask(address_in("proven"))

    response = ask(address_in("proven"))

    assert response.status_code == HTTPStatus.ACCEPTED
    assert len(mailbox) == 1


def test_too_many_requests_from_one_network_are_refused(api, ask, address, tune):
    tune(RESEND_NETWORK_LIMIT="2/1h")
    ask(NOBODY)
    ask(address)

    here = [ask(email) for email in (address, NOBODY)]
    there = api.post(URL, {"email": address}, REMOTE_ADDR="203.0.113.9")

    assert [response.status_code for response in here] == [429, 429]
    assert all(int(response["Retry-After"]) > 0 for response in here)
    assert there.status_code == HTTPStatus.ACCEPTED


class DeadCache(LocMemCache):
    """A cache that cannot be reached."""

    def incr(self, *args, **kwargs):
        raise ConnectionError


@pytest.mark.parametrize("state", ["proven", "unknown"])
def test_refuses_while_the_cache_is_down(api, address_in, settings, state):
    settings.CACHES = {"default": {"BACKEND": f"{__name__}.DeadCache"}}
    api.raise_request_exception = False

    response = api.post(URL, {"email": address_in(state)})

    assert response.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert response["Retry-After"]


class DeadServer(EmailBackend):
    """A mail server that cannot be reached."""

    def send_messages(self, messages):
        raise ConnectionRefusedError


@pytest.mark.parametrize("state", ["proven", "unknown"])
def test_a_mail_server_that_is_down_does_not_change_the_answer(
    ask, address_in, settings, state
):
    backend = f"{__name__}.DeadServer"
    if VERSION >= (6, 1):
        settings.MAILERS = {"default": {"BACKEND": backend}}
    else:
        settings.EMAIL_BACKEND = backend
    address = address_in(state)

    response = ask(address)

    assert response.status_code == HTTPStatus.ACCEPTED
    assert response.json() == {"email": address, "status": "reset_sent"}


def test_a_request_is_recorded_with_its_subject(ask, member, address):
    ask(address)
    ask(NOBODY)

    known, unknown = AuditEvent.objects.order_by("pk")
    assert {known.action, unknown.action} == {"auth.password_reset_requested"}
    assert (known.subject_id, known.actor_id) == (str(member.pk), "")
    assert (unknown.subject_id, unknown.facts) == ("", {})


def test_a_request_ends_no_session(ask, address, opened, bearer):
    ask(address)

    url = reverse("starterkit_auth:session")
    assert bearer(opened.access_token).get(url).status_code == HTTPStatus.OK


def test_renders_the_mail_for_an_unknown_address_too(ask, mailbox, rendered):
    ask(NOBODY)

    assert [name for name in rendered if name.startswith("starterkit_auth")] == [
        f"starterkit_auth/mail/reset_password.{ending}"
        for ending in ("subject.txt", "txt", "html")
    ]
    assert not mailbox


@pytest.fixture
def rendered():
    """The names of the templates that were rendered."""
    names = []

    def note(sender, template, **kwargs):
        names.append(template.name)

    template_rendered.connect(note)
    yield names
    template_rendered.disconnect(note)


class StaffOnly(StartPasswordReset):
    """A host project's use case: one step replaced, the rest inherited."""

    def may_reset(self, account):
        return False


def test_a_host_can_replace_one_step(ask, address, mailbox, settings):
    settings.STARTERKIT_OVERRIDES = {KEY: f"{__name__}.StaffOnly"}

    response = ask(address)

    assert response.status_code == HTTPStatus.ACCEPTED
    assert not mailbox


def test_a_link_lives_an_hour_at_most(ask, address):
    ask(address)

    challenge = Challenge.objects.get()
    now = timezone.now()
    assert challenge.expires_at <= now + timedelta(minutes=10)
    assert challenge.link_expires_at <= now + timedelta(hours=1)


def test_a_mail_that_waited_too_long_is_not_sent(ask, address, mailbox):
    ask(address)
    mailbox.clear()
    late = timezone.now() + timedelta(hours=2)

    with time_machine.travel(late, tick=False):
        challenge_id = str(Challenge.objects.get().pk)
        ResetPasswordMail(challenge_id=challenge_id, language="en").send()

    assert not mailbox


@pytest.mark.django_db(transaction=True)
def test_of_many_requests_at_once_one_mail_is_good(at_once, address, tune):
    tune(RESEND_ADDRESS_LIMIT="1000/1h", RESEND_NETWORK_LIMIT="1000/1h")

    statuses = at_once(
        16, lambda _: ApiClient().post(URL, {"email": address}).status_code
    )

    assert statuses == [HTTPStatus.ACCEPTED] * 16
    assert Challenge.objects.count() == 16
    assert Challenge.objects.open().count() == 1


def test_works_where_requests_are_transactions(ask, address, mailbox, monkeypatch):
    database = transaction.get_connection().settings_dict
    monkeypatch.setitem(database, "ATOMIC_REQUESTS", value=True)

    ask(address)

    assert len(mailbox) == 1
