"""The keys of registered addresses, before and after a rule makes several one."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from starterkit_auth.models import EmailAddress
from starterkit_auth.services import addresses, user_addresses
from starterkit_core.addresses import without_tags

RULE = f"{without_tags.__module__}.{without_tags.__name__}"
TAGGED = "Ada+News@example.com"
PLAIN = "ada@example.com"

pytestmark = pytest.mark.django_db


@pytest.fixture
def rule(tuner):
    """``rule()`` sets it, as a deployment does."""
    return lambda path=RULE: tuner("STARTERKIT_CORE")(EMAIL_RULE=path)


@pytest.fixture
def with_address(make_user):
    """``with_address(text)`` is a user with it, where the user model has a column."""

    def make(address, **proof):
        user = make_user()
        if user_addresses.has_email_field(type(user)):
            setattr(user, user.get_email_field_name(), address)
            user.save()
        if proof:
            addresses.assign(user, address, **proof)
        return user

    return make


def run(*arguments):
    out = StringIO()
    call_command("starterkit_addresses", *arguments, stdout=out)
    return out.getvalue()


def test_saves_the_key_and_keeps_address_and_proof(with_address, rule):
    user = with_address(TAGGED, verified=True)
    proven = EmailAddress.objects.get().verified_at
    rule()

    said = run("--apply")

    row = EmailAddress.objects.get()
    assert "starterkit_auth.EmailAddress: keys saved: 1" in said
    assert (row.address, row.key, row.verified_at) == (TAGGED, PLAIN, proven)
    account = addresses.look_up("ada+shop@example.com")
    assert (account.user, account.verified) == (user, True)


def test_names_the_accounts_that_would_be_one(with_address):
    one = with_address(PLAIN, verified=True)
    other = with_address(TAGGED, verified=False)
    out = StringIO()

    with pytest.raises(CommandError):
        call_command("starterkit_addresses", "--rule", RULE, stdout=out)

    said = f"'{PLAIN}': {one.pk} ('{PLAIN}'), {other.pk} ('{TAGGED}')"
    assert said in out.getvalue()


@pytest.mark.parametrize("verified", [True, False])
def test_an_address_that_waits_for_its_key_keeps_its_proof(
    *, with_address, rule, verified
):
    user = with_address(TAGGED, verified=verified)
    rule()

    addresses.keep(user)

    assert addresses.is_proven(user) is verified


def test_a_proof_outlives_the_end_of_a_rule_as_well(with_address, rule):
    rule()
    user = with_address(TAGGED, verified=True)
    rule("")

    addresses.keep(user)

    assert addresses.is_proven(user)


def test_another_spelling_is_not_free(with_address, make_user, rule):
    rule()
    with_address(TAGGED, verified=True)

    assert addresses.is_held("ada+shop@example.com")
    assert not addresses.is_free_for(make_user(), "ada+shop@example.com")


def test_an_address_that_only_the_user_model_has_follows_no_rule(with_address, rule):
    rule()
    user = with_address(TAGGED)
    if not user_addresses.has_email_field(type(user)) or user_addresses.has_field(
        type(user), user_addresses.UNIQUE_FORM
    ):
        pytest.skip("it has no address, or a key of it")

    assert addresses.look_up(TAGGED.lower()).user == user
    assert addresses.look_up(PLAIN) is None
