"""Proofs that the host project has are taken over."""

from io import StringIO

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.utils import timezone

from starterkit_auth.models import EmailAddress
from starterkit_auth.services import addresses, existing_addresses
from starterkit_auth.use_cases.import_addresses import (
    ImportAddresses,
    ImportAddressesInput,
    ImportedBatch,
)
from starterkit_core.models import AuditEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def users(make_user):
    return [make_user() for _ in range(3)]


def proofs_of(users):
    return {user.pk: [addresses.mailbox_of(user).upper()] for user in users}


def bring_in(proven, **options):
    return ImportAddresses.execute(ImportAddressesInput(proven=proven, **options))


def run(*arguments):
    out = StringIO()
    call_command("auth_import_addresses", *arguments, stdout=out)
    return out.getvalue()


def of_the_user_model():
    model = get_user_model()
    name = model.get_email_field_name()
    return (model._meta.label, "--user", "pk", "--address", name)


def test_saves_what_was_proven_and_records_how_many(users):
    assert bring_in(proofs_of(users)) == ImportedBatch(imported=3)

    for user in users:
        account = addresses.look_up(addresses.mailbox_of(user))
        assert (account.user, account.verified) == (user, True)
    event = AuditEvent.objects.get(action="auth.addresses_imported")
    assert event.facts == {"number": 3}


def test_a_trial_saves_no_row(users):
    assert bring_in(proofs_of(users), apply=False) == ImportedBatch(imported=3)

    assert not EmailAddress.objects.exists()
    assert not AuditEvent.objects.exists()


def test_an_address_that_the_account_no_longer_has_is_not_proven(users):
    proven = {users[0].pk: ["former@example.com"], users[1].pk: ["malformed"]}

    assert bring_in(proven) == ImportedBatch(unusable=2)


def test_one_of_several_proven_addresses_is_the_current_one(users):
    proven = {users[0].pk: ["former@example.com", addresses.mailbox_of(users[0])]}

    assert bring_in(proven) == ImportedBatch(imported=1)


def test_a_proof_from_here_keeps_its_date(users):
    addresses.assign(users[0], addresses.mailbox_of(users[0]), verified=True)
    then = EmailAddress.objects.get().verified_at

    assert bring_in(proofs_of(users[:1])) == ImportedBatch(known=1)

    assert EmailAddress.objects.get().verified_at == then


def test_replaces_rows_that_no_longer_count(users):
    ada, grace, _ = users
    address = addresses.mailbox_of(ada)
    addresses.assign(ada, "former@example.com", verified=True)
    EmailAddress.objects.create(
        user=grace, address=address, key=addresses.key_of(ada), verified_at=None
    )

    assert bring_in(proofs_of([ada])) == ImportedBatch(imported=1)

    row = EmailAddress.objects.get()
    assert (row.user_id, row.key) == (ada.pk, addresses.key_of(ada))


def test_the_command_goes_through_all_rows(users, monkeypatch):
    monkeypatch.setattr(existing_addresses, "CHUNK", 2)

    assert "3 to import" in run(*of_the_user_model())
    assert "3 imported" in run(*of_the_user_model(), "--apply")
    assert EmailAddress.objects.exclude(verified_at=None).count() == 3


def test_the_command_filters_rows(users):
    users[0].last_login = timezone.now()
    users[0].save()

    said = run(*of_the_user_model(), "--where", "last_login__isnull=False")

    assert "1 to import" in said


@pytest.mark.parametrize(
    "arguments",
    [
        ["nowhere.Model"],
        ["typo"],
        ["starterkit_auth.EmailAddress", "--address", "typo"],
        ["starterkit_auth.EmailAddress", "--user", "typo", "--address", "address"],
        ["starterkit_auth.EmailAddress", "--where", "typo=1", "--address", "address"],
        ["starterkit_auth.EmailAddress", "--where", "id=x", "--address", "address"],
    ],
)
def test_the_command_says_what_it_does_not_know(arguments):
    with pytest.raises(CommandError):
        run(*arguments)


def test_the_command_says_how_to_name_a_model():
    with pytest.raises(CommandError, match=r"auth\.User"):
        run("User")


@pytest.mark.django_db(transaction=True)
def test_imports_at_once_save_each_address_once(users, at_once):
    proven = proofs_of(users)

    batches = at_once(6, lambda number: bring_in(proven))

    assert sum(batch.imported for batch in batches) == 3
    assert EmailAddress.objects.count() == 3
