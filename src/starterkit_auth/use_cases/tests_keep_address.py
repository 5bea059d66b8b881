"""Which of several accounts keeps an address, while people use it."""

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command

from starterkit_auth.models import EmailAddress
from starterkit_auth.services import addresses, existing_addresses
from starterkit_auth.use_cases.keep_address import KeepAddress, KeepAddressInput
from starterkit_core.models import AuditEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def twins(make_user):
    """Two accounts with one address, the oldest first."""
    model = get_user_model()
    name = model.get_email_field_name()
    if model._meta.get_field(name).unique or existing_addresses.is_unique():
        pytest.skip("this user model keeps addresses unique itself")
    return [make_user(**{name: email}) for email in ("a@example.com", "A@example.com")]


def keep(users, rule="newest"):
    given = KeepAddressInput(key="a@example.com", accounts=users, rule=rule)
    return KeepAddress.execute(given)


def test_records_for_whom_it_was_decided(twins):
    keeper = keep(twins)

    event = AuditEvent.objects.get()
    assert keeper == twins[1]
    assert (event.action, event.subject_id) == ("auth.address_kept", str(keeper.pk))
    assert event.facts == {"rule": "newest", "number": 2}


def test_inactive_accounts_come_last(twins):
    twins[1].is_active = False
    twins[1].save()

    assert keep(twins) == twins[0]


def test_an_address_that_is_held_stays_where_it_is(twins):
    addresses.assign(twins[0], "a@example.com", verified=True)

    assert keep(twins) is None

    assert EmailAddress.objects.get().user_id == twins[0].pk


def test_an_account_that_has_another_address_by_now_does_not_count(twins):
    setattr(twins[1], twins[1].get_email_field_name(), "b@example.com")
    twins[1].save()

    assert keep(twins) == twins[0]


def test_a_later_proof_is_saved_on_the_same_row(twins):
    keeper = keep(twins)

    addresses.verify(keeper)

    row = EmailAddress.objects.get()
    assert (row.user_id, row.verified_at is not None) == (keeper.pk, True)


def test_the_command_applies_no_rule_that_was_not_chosen():
    with pytest.raises(CommandError, match="--keep"):
        call_command("auth_addresses", "--apply")


@pytest.mark.django_db(transaction=True)
def test_of_a_rule_and_a_proof_at_once_one_wins(twins, at_once):
    def act(number):
        try:
            return addresses.verify(twins[0]) if number % 2 else keep(twins)
        except addresses.InvalidConfirmation:
            return None

    at_once(8, act)

    account = addresses.look_up("a@example.com")
    assert EmailAddress.objects.count() == 1
    assert account.registered
