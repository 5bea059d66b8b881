"""Whose address it is, with every user model."""

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction

from starterkit_auth.models import EmailAddress
from starterkit_auth.services import addresses, user_addresses
from starterkit_auth.services.addresses import Account

pytestmark = pytest.mark.django_db

EMAIL = "Ada@Example.com"


@pytest.fixture
def with_address(make_user):
    """Return a function that makes an account as an administrator would."""
    field = get_user_model().get_email_field_name()
    return lambda email: make_user(**{field: email})


@pytest.fixture
def move():
    """Return a function that changes the address of a user where the host keeps it."""

    def change(user, email):
        setattr(user, user.get_email_field_name(), email)
        user.save()

    return change


@pytest.mark.parametrize("spelling", [EMAIL, "ada@example.com", "ADA@EXAMPLE.COM"])
def test_finds_a_registered_address_in_one_query(
    with_address, django_assert_num_queries, spelling
):
    user = with_address(EMAIL)
    addresses.assign(user, EMAIL, verified=True)

    with django_assert_num_queries(1):
        account = addresses.look_up(spelling)

    assert account == Account(user=user, verified=True, registered=True)


@pytest.mark.parametrize("spelling", [EMAIL, "ada@example.com", "ADA@EXAMPLE.COM"])
def test_finds_an_account_that_never_registered_and_saves_no_row(
    with_address, django_assert_num_queries, spelling
):
    user = with_address(EMAIL)

    with django_assert_num_queries(2):
        account = addresses.look_up(spelling)

    assert account == Account(user=user, verified=False)
    assert not EmailAddress.objects.exists()


def test_finds_no_account_by_another_address(with_address):
    with_address(EMAIL)

    assert addresses.look_up("a_a@example.com") is None
    assert addresses.look_up("%@example.com") is None
    assert addresses.look_up("grace@example.com") is None


def test_of_several_accounts_with_an_address_the_oldest_holds_it(make_user):
    model = get_user_model()
    field = model.get_email_field_name()
    if model._meta.get_field(field).unique or hasattr(
        model, user_addresses.UNIQUE_FORM
    ):
        pytest.skip("this user model keeps addresses unique itself")
    oldest = make_user(**{field: "ada@example.com"})
    make_user(**{field: "ADA@example.com"})

    found = addresses.look_up("ada@example.com")

    assert found == Account(user=oldest, verified=False, shared=True)


def test_a_row_no_longer_counts_once_the_host_changed_the_address(with_address, move):
    user = with_address(EMAIL)
    addresses.assign(user, EMAIL, verified=True)

    move(user, "lovelace@example.com")

    assert addresses.look_up(EMAIL) is None
    assert addresses.look_up("lovelace@example.com") == Account(
        user=user, verified=False
    )


def test_another_spelling_of_the_same_address_stays_proven(with_address, move):
    user = with_address(EMAIL)
    addresses.assign(user, EMAIL, verified=True)

    move(user, "ada@example.com")

    assert addresses.look_up(EMAIL).verified


def test_an_address_given_up_can_be_claimed_by_another_account(with_address, move):
    former = with_address(EMAIL)
    addresses.assign(former, EMAIL, verified=True)
    move(former, "lovelace@example.com")
    user = with_address("ada@example.com")

    addresses.assign(user, "ada@example.com", verified=True)

    assert addresses.look_up(EMAIL).user == user


def test_the_database_keeps_an_address_with_one_account(with_address):
    addresses.assign(with_address(EMAIL), EMAIL)
    other = with_address("grace@example.com")

    with pytest.raises(IntegrityError), transaction.atomic():
        addresses.assign(other, "ADA@example.com")


def test_a_new_claim_replaces_the_former_of_the_same_person(with_address, move):
    user = with_address(EMAIL)
    addresses.assign(user, EMAIL, verified=True)
    move(user, "lovelace@example.com")

    addresses.assign(user, "lovelace@example.com")

    [row] = EmailAddress.objects.all()
    assert (row.address, row.verified_at) == ("lovelace@example.com", None)


def test_keeping_an_address_that_was_just_proven_leaves_it_proven(with_address):
    user = with_address(EMAIL)
    addresses.assign(user, EMAIL, verified=True)

    assert addresses.keep(user)

    assert addresses.look_up(EMAIL).verified


def test_knows_which_addresses_the_database_has(with_address):
    with_address("grace@example.com")
    addresses.assign(with_address(EMAIL), EMAIL)

    held = [addresses.is_held(email) for email in (EMAIL, "grace@EXAMPLE.com", "a@b.c")]

    assert held == [True, True, False]


def test_a_malformed_address_is_refused():
    with pytest.raises(ValueError, match="@"):
        addresses.look_up("ada")


@pytest.mark.parametrize(
    "spelling",
    [
        "k\u0131rsten@example.com",
        "K\u0130RSTEN@example.com",
        '"kirsten"@example.com',
        "\u212airsten@example.com",
    ],
)
def test_an_account_without_a_row_has_one_mailbox_too(with_address, spelling):
    user = with_address("kirsten@example.com")

    account = addresses.look_up(spelling)

    assert account == Account(user=user, verified=False)
    assert not addresses.is_free_for(get_user_model()(), spelling)
