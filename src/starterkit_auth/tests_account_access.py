"""What the administration of users asks of this module, by core's port."""

from http import HTTPStatus

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse

from starterkit_auth.models import EmailAddress, PendingRegistration, session_model
from starterkit_auth.services import (
    addresses,
    pending_registrations,
    user_addresses,
)
from starterkit_core import signals
from starterkit_core.db.databases import rows_of
from starterkit_core.errors import (
    AccountDeleted,
    AccountInactive,
    AddressMissing,
    AddressTaken,
    PasswordElsewhere,
    RateLimited,
)
from starterkit_core.models import AuditEvent
from starterkit_core.ports import account_access
from starterkit_core.testing.client import ApiClient
from starterkit_core.testing.plugin import PASSWORD

SESSION = reverse("starterkit_auth:session")
RESET = reverse("starterkit_auth:password-reset")
CONFIRMATION = reverse("starterkit_auth:password-reset-confirmation")
NEW = "a rose is a rose is a"

pytestmark = pytest.mark.django_db

plain_addresses = pytest.mark.skipif(
    user_addresses.has_field(get_user_model(), user_addresses.UNIQUE_FORM),
    reason="The user model refuses what these accounts have.",
)


@pytest.fixture
def chief(make_user):
    return make_user()


@pytest.fixture
def answer_mail(mailbox, secrets_in):
    """Set a new password by the code in the last mail."""

    def answer(user, password):
        address, code = addresses.mailbox_of(user), secrets_in(mailbox[-1]).code
        body = {"email": address, "code": code, "new_password": password}
        done = ApiClient().post(CONFIRMATION, body)
        assert done.status_code == HTTPStatus.NO_CONTENT, done.json()

    return answer


@pytest.fixture
def send_reset(django_capture_on_commit_callbacks):
    """Ask for the mail, and let it be sent after the commit."""

    def send(user, **given):
        with django_capture_on_commit_callbacks(execute=True):
            account_access.send_password_reset(user, **given)

    return send


def sign_in(user, password):
    body = {"email": addresses.mailbox_of(user), "password": password}
    return ApiClient().post(SESSION, body)


def saved(user):
    return rows_of(get_user_model()).get(pk=user.pk)


def test_is_available():
    assert account_access.available()


def test_ends_all_sessions_and_says_who_did(member, chief, open_for):
    open_for(member)
    open_for(member)

    assert account_access.end_sessions(member, actor=chief) == 2

    event = AuditEvent.objects.get(action="auth.sessions_ended")
    assert (event.actor_id, event.subject_id) == (str(chief.pk), str(member.pk))
    assert not session_model().objects.filter(revoked_at=None).exists()


def test_a_forced_reset_ends_sessions_and_the_former_password(
    send_reset, member, opened, bearer, answer_mail
):
    send_reset(member)

    assert bearer(opened.access_token).get(SESSION).status_code == 401
    assert sign_in(member, PASSWORD).json()["code"] == "invalid_credentials"
    answer_mail(member, NEW)
    assert sign_in(member, NEW).status_code == HTTPStatus.CREATED


def test_after_a_forced_reset_the_owner_may_ask_for_another_mail(
    send_reset, member, mailbox, answer_mail
):
    send_reset(member)

    ApiClient().post(RESET, {"email": addresses.mailbox_of(member)})

    answer_mail(member, NEW)
    assert len(mailbox) >= 2
    assert sign_in(member, NEW).status_code == HTTPStatus.CREATED


def test_without_force_it_only_sends_the_mail(
    send_reset, member, opened, bearer, mailbox
):
    send_reset(member, force=False)

    assert len(mailbox) == 1
    assert bearer(opened.access_token).get(SESSION).status_code == HTTPStatus.OK
    assert sign_in(member, PASSWORD).status_code == HTTPStatus.CREATED


@pytest.mark.parametrize(
    ("force", "action"),
    [
        (True, "auth.password_reset_forced"),
        (False, "auth.password_reset_requested"),
    ],
)
def test_records_who_asked_for_the_reset(send_reset, member, chief, force, action):
    send_reset(member, actor=chief, force=force)

    event = AuditEvent.objects.get(action=action)
    assert (event.actor_id, event.subject_id) == (str(chief.pk), str(member.pk))


def test_an_account_without_a_password_gets_one_by_the_mail(
    send_reset, member, answer_mail
):
    member.set_unusable_password()
    member.save()

    send_reset(member)

    answer_mail(member, NEW)
    assert sign_in(member, NEW).status_code == HTTPStatus.CREATED


def test_sends_no_reset_for_a_password_in_a_directory(
    send_reset, member, tune, mailbox
):
    tune(ASK_BACKENDS=True)
    member.set_unusable_password()
    member.save()

    with pytest.raises(PasswordElsewhere):
        send_reset(member)

    assert not mailbox


def test_sends_no_reset_to_a_closed_account(send_reset, member, mailbox):
    member.is_active = False
    member.save()

    with pytest.raises(AccountInactive):
        send_reset(member)

    assert not mailbox


@pytest.mark.needs_address
@plain_addresses
def test_sends_no_reset_without_an_address(send_reset, make_user, mailbox):
    nameless = make_user(**{get_user_model().get_email_field_name(): ""})

    with pytest.raises(AddressMissing):
        send_reset(nameless)
    with pytest.raises(AddressMissing):
        account_access.confirm_address(nameless)

    assert not mailbox


def test_sends_no_more_mails_than_one_address_may_get(
    send_reset, member, tune, mailbox
):
    tune(RESEND_ADDRESS_LIMIT="1/1h")
    send_reset(member)
    before = saved(member).password

    with pytest.raises(RateLimited):
        send_reset(member)

    assert len(mailbox) == 1
    assert saved(member).password == before


@pytest.mark.needs_address
def test_a_deleted_account_is_refused(send_reset, member):
    member_again = saved(member)
    member_again.delete()

    with pytest.raises(AccountDeleted):
        send_reset(member)
    with pytest.raises(AccountDeleted):
        account_access.confirm_address(member)


@pytest.mark.needs_address
def test_confirms_an_address_by_hand(
    user, chief, received, django_capture_on_commit_callbacks
):
    confirmed = received(signals.address_confirmed)

    with django_capture_on_commit_callbacks(execute=True):
        assert account_access.confirm_address(user, actor=chief)

    assert addresses.is_proven(user)
    event = AuditEvent.objects.get(action="auth.address_confirmed")
    assert (event.actor_id, event.subject_id) == (str(chief.pk), str(user.pk))
    assert event.facts == {"by": "administrator"}
    assert [facts["user"].pk for facts in confirmed] == [user.pk]
    assert sign_in(user, PASSWORD).status_code == HTTPStatus.CREATED


def test_what_is_proven_already_stays_as_it_is(member, chief):
    before = EmailAddress.objects.get(user=member).verified_at

    assert not account_access.confirm_address(member, actor=chief)

    assert EmailAddress.objects.get(user=member).verified_at == before
    assert not AuditEvent.objects.exists()


@pytest.mark.needs_address
def test_the_code_that_was_waited_for_is_void(user):
    pending_registrations.open_for(user, addresses.mailbox_of(user))

    account_access.confirm_address(user)

    assert not PendingRegistration.objects.exists()


@pytest.mark.needs_address
@plain_addresses
def test_confirms_no_address_that_another_account_has_proven(make_user, member):
    name = get_user_model().get_email_field_name()
    other = make_user(**{name: addresses.mailbox_of(member)})

    with pytest.raises(AddressTaken):
        account_access.confirm_address(other)
