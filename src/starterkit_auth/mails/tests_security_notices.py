"""Security notices: which event makes which mail, and what is in it."""

from datetime import datetime

import pytest
from django.db import transaction
from django.test import override_settings
from django.urls import reverse
from django.utils import translation

from starterkit_auth.mails.email_changes import EmailChangedMail
from starterkit_auth.mails.security_notices import (
    NewDeviceNotice,
    PasswordChangedNotice,
)
from starterkit_auth.models import session_model
from starterkit_auth.services import reversals, sessions, user_addresses
from starterkit_core import signals
from starterkit_core.services import audit
from starterkit_core.testing.plugin import PASSWORD
from starterkit_core.utils.client import Client

SESSION = reverse("starterkit_auth:session")
REFRESH = reverse("starterkit_auth:session-refresh")
NEW = "a rose is a rose is a"
PHONE = {"device_name": "Ada's phone", "platform": "iOS 26", "app_version": "4.2"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def sign_in(api, member):
    """Sign in as ``member``: ``sign_in("App/1", platform=…)``."""

    def post(user_agent="App/1", **client):
        body = {"email": user_addresses.address_of(member), "password": PASSWORD}
        return api.post(SESSION, body | {"client": client}, HTTP_USER_AGENT=user_agent)

    return post


@pytest.fixture
def change(bearer):
    """Change the password in a session."""

    def put(opened):
        body = {"current_password": PASSWORD, "new_password": NEW}
        url = reverse("starterkit_auth:password")
        return bearer(opened.access_token).put(url, body)

    return put


@pytest.fixture
def replay(api, opened):
    """Send the refresh token of ``opened`` long after it was retired."""
    first = {"refresh_token": opened.refresh_token}
    second = api.post(REFRESH, first).json()
    api.post(REFRESH, {"refresh_token": second["refresh_token"]})
    return lambda: api.post(REFRESH, first)


def subjects(mailbox):
    return [mail.subject for mail in mailbox]


@pytest.mark.needs_address
def test_mails_about_a_changed_password(change, member, open_for, mailbox):
    opened = open_for(
        member,
        device_name="Ada's phone",
        platform="iOS 26",
        address="203.0.113.0/24",
    )

    change(opened)

    [mail] = mailbox
    html = mail.alternatives[0].content
    assert mail.to == [user_addresses.address_of(member)]
    assert mail.subject == "Your password at Our service was changed"
    assert "Device: Ada's phone, iOS 26" in mail.body
    assert "Network: 203.0.113.0/24" in mail.body
    assert "(UTC)" in mail.body
    assert "ask for a new password at once" in html
    assert NEW not in mail.body + html


@pytest.mark.needs_address
def test_mails_about_a_password_that_was_reset(api, member, mailbox, secrets_in, tune):
    tune(FRONTEND_URL="https://app.example.com")
    address = user_addresses.address_of(member)
    api.post(reverse("starterkit_auth:password-reset"), {"email": address})
    token = secrets_in(mailbox.pop()).token

    api.post(
        reverse("starterkit_auth:password-reset-confirmation"),
        {"token": token, "new_password": NEW},
        HTTP_USER_AGENT="App/1",
        REMOTE_ADDR="203.0.113.77",
    )

    [mail] = mailbox
    assert mail.subject == "Your password at Our service was set anew"
    assert "Device: App 1" in mail.body
    assert "Network: 203.0.113.0/24" in mail.body
    assert "203.0.113.77" not in mail.body


def test_mails_once_about_a_replayed_token(replay, mailbox):
    replay()
    replay()

    assert subjects(mailbox) == ["A session at Our service was ended for your safety"]
    assert "If this happens again" in mailbox[0].body
    assert "If it was you" not in mailbox[0].alternatives[0].content


@pytest.mark.needs_address
def test_mails_about_a_new_device_but_not_about_the_first(sign_in, mailbox):
    sign_in("Firefox/141", platform="Linux")
    assert mailbox == []

    sign_in("Safari/19", platform="macOS")

    assert subjects(mailbox) == ["New sign-in at Our service"]
    assert "Device: macOS" in mailbox[0].body


@pytest.mark.parametrize(
    ("agent", "client"),
    [
        ("App/1.0", PHONE),
        ("App/1.0", PHONE | {"app_version": "4.3"}),
        ("App/2.7.1", PHONE | {"platform": "iOS 27.1"}),
    ],
)
def test_an_update_makes_no_new_device(sign_in, mailbox, agent, client):
    sign_in("App/1.0", **PHONE)

    sign_in(agent, **client)

    assert mailbox == []


@pytest.mark.needs_address
@pytest.mark.parametrize(
    ("agent", "client"),
    [
        ("Other/1.0", PHONE),
        ("App/1.0", PHONE | {"platform": "Android 17"}),
        ("App/1.0", PHONE | {"device_name": "Eve's phone"}),
        ("App/1.0", {}),
    ],
)
def test_another_name_system_or_program_makes_a_new_device(
    sign_in, mailbox, agent, client
):
    sign_in("App/1.0", **PHONE)

    sign_in(agent, **client)

    assert len(mailbox) == 1


def test_a_device_is_known_after_its_session_ended(sign_in, mailbox, member):
    sign_in("App/1.0")
    sign_in("Other/1.0")
    sessions.end_sessions(member, "signed_out")
    mailbox.clear()

    sign_in("App/1.0")

    assert mailbox == []


def test_devices_of_other_accounts_do_not_count(sign_in, make_user, open_for, mailbox):
    open_for(make_user(), user_agent="Other/1")

    sign_in("App/1.0")

    assert mailbox == []


@pytest.mark.parametrize(
    ("kept", "expected"),
    [
        (["password_changed"], ["Your password at Our service was changed"]),
        (["new_device", "token_replayed"], []),
        ([], []),
    ],
)
def test_each_kind_can_be_switched_off(change, opened, mailbox, kept, expected):
    with override_settings(STARTERKIT_AUTH={"SECURITY_MAILS": kept}):
        change(opened)

    assert subjects(mailbox) == expected


@pytest.mark.parametrize("kept", [["email_changed"], []])
def test_the_mail_to_a_former_address_can_be_switched_off(
    member, mailbox, tune, django_capture_on_commit_callbacks, kept
):
    tune(SECURITY_MAILS=kept)

    with django_capture_on_commit_callbacks(execute=True):
        way_back = reversals.open_way_back(member, "former@example.com", undo=True)
        EmailChangedMail(challenge_id=str(way_back.pk)).send_later()

    assert len(mailbox) == len(kept)


def test_all_notices_can_be_switched_off(sign_in, replay, mailbox, tune):
    tune(SECURITY_MAILS=())
    sign_in("App/1.0")

    sign_in("Other/1.0")
    replay()

    assert mailbox == []


@pytest.mark.needs_address
def test_a_device_name_adds_no_markup_and_no_link(sign_in, mailbox):
    sign_in("App/1.0")

    sign_in(
        "App/1.0",
        device_name="Win <b>now</b> https://evil.test",
        platform='"><script>alert(1)</script>',
    )

    html = mailbox[0].alternatives[0].content
    assert "<b>" not in html
    assert "<script" not in html
    assert "https://evil" not in html + mailbox[0].body
    assert "evil.test" not in html + mailbox[0].body


def test_speaks_the_language_of_the_request(
    member, mailbox, django_capture_on_commit_callbacks
):
    with (
        django_capture_on_commit_callbacks(execute=True),
        translation.override("pt-br"),
    ):
        PasswordChangedNotice.tell(member)

    assert 'lang="pt-br"' in mailbox[0].alternatives[0].content


def test_waits_for_the_commit_and_stays_when_there_is_none(
    member, mailbox, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        with transaction.atomic():
            PasswordChangedNotice.tell(member)
        assert mailbox == []
    assert len(mailbox) == 1


def test_only_ids_wait_in_the_queue(member, open_for, monkeypatch):
    opened = open_for(member, device_name="Ada's phone", address="203.0.113.0/24")
    queued = []
    monkeypatch.setattr(
        NewDeviceNotice, "send_later", lambda self: queued.append(self.facts)
    )

    NewDeviceNotice.tell(member, session=opened.session)

    [facts] = queued
    assert datetime.fromisoformat(facts.pop("at")).tzinfo
    assert facts == {
        "user_id": str(member.pk),
        "session_id": str(opened.session.pk),
        "event_id": "",
        "language": "en",
    }


def test_mails_the_remaining_facts_when_rows_are_gone(member, open_for, mailbox):
    session = open_for(member).session
    event = audit.record("auth.signed_in", client=Client(user_agent="App/1"))
    facts = {"at": "2026-11-22T18:00:00+00:00", "language": "en"}
    of_both = {"session_id": str(session.pk), "event_id": str(event.pk)}
    session_model().objects.all().delete()

    NewDeviceNotice(user_id=str(member.pk), **of_both, **facts).send()

    assert "Device: App 1" in mailbox[0].body
    assert "Network" not in mailbox[0].body


def test_sends_no_mail_about_an_account_that_is_gone(make_user, mailbox):
    user = make_user()
    notice = PasswordChangedNotice(
        user_id=str(user.pk),
        session_id="",
        event_id="",
        at="2026-11-22T18:00:00+00:00",
        language="",
    )
    user.delete()

    notice.send()

    assert mailbox == []


def test_a_notice_that_fails_does_not_fail_the_request(
    change, opened, settings, monkeypatch
):
    def fail(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(PasswordChangedNotice, "tell", fail)

    assert change(opened).status_code == 200


def test_signals_do_not_depend_on_the_mails(change, opened, received, tune):
    tune(SECURITY_MAILS=())
    changed = received(signals.password_changed)

    change(opened)

    assert len(changed) == 1
