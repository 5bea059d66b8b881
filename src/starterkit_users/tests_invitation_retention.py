"""The purge deletes invitations that are over, with accounts that waited in vain."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from starterkit_core.db.databases import rows_of
from starterkit_core.ports import personal_data
from starterkit_core.testing.plugin import PASSWORD
from starterkit_core.utils.uuid7 import first_id_at
from starterkit_users.models import invitation_model
from starterkit_users.services import lifecycle, user_rows

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("with_addresses"),
]


@pytest.fixture
def invite(client_of, make_user):
    """Return a function that invites an address long ago, and returns the row."""

    def run(**columns):
        chief = make_user(is_superuser=True)
        url = reverse("starterkit_users:invitations")
        response = client_of(chief).post(url, {"email": "grace@example.com"})
        old = first_id_at(timezone.now() - timedelta(days=90))
        rows = rows_of(invitation_model()).filter(pk=response.json()["id"])
        rows.update(id=old, **columns)
        return rows_of(invitation_model()).get(pk=old)

    return run


def ago(days):
    return timezone.now() - timedelta(days=days)


def account_of(row):
    return user_rows.all_users().filter(pk=row.user_id).first()


def is_left(row):
    return rows_of(invitation_model()).filter(pk=row.pk).exists()


def purge():
    call_command("starterkit", "purge", verbosity=0)


def test_an_account_that_waited_in_vain_is_deleted(invite):
    row = invite(expires_at=ago(31))

    purge()

    assert not is_left(row)
    assert account_of(row) is None


@pytest.mark.parametrize(
    "columns",
    [
        {"expires_at": ago(29)},
        {"ending": "revoked", "ended_at": ago(29), "expires_at": ago(60)},
        {"expires_at": ago(-1)},
    ],
)
def test_younger_ones_stay(invite, columns):
    row = invite(**columns)

    purge()

    assert is_left(row)
    assert account_of(row) is not None


def test_an_accepted_one_goes_and_its_account_stays(invite):
    row = invite(ending="accepted", ended_at=ago(31), expires_at=ago(60))
    user = account_of(row)
    user.is_active = True
    user.save()

    purge()

    assert not is_left(row)
    assert account_of(row).is_active


def test_an_account_in_use_stays(invite):
    row = invite(expires_at=ago(31))
    user = account_of(row)
    user.is_active = True
    user.save()

    purge()

    assert account_of(row).is_active


def test_an_account_that_was_suspended_after_use_stays(invite):
    row = invite(expires_at=ago(31))
    user = account_of(row)
    user.is_active = True
    user.set_password(PASSWORD)
    user.save()
    lifecycle.change(user, lifecycle.Status.SUSPENDED)

    purge()

    assert not account_of(row).is_active


def test_the_time_is_a_setting(invite, tuner):
    tuner("STARTERKIT_USERS")(INVITATION_RETENTION=timedelta(days=1))
    row = invite(expires_at=ago(2))

    purge()

    assert not is_left(row)


def test_are_exported_to_the_owner_of_the_account_alone(invite):
    row = invite()

    [exported] = personal_data.export(account_of(row))["invitations"]

    assert exported.keys() == {"address", "state", "invited_at", "answered_at"}
    assert (exported["address"], exported["state"]) == (row.address, row.state)
    assert personal_data.export(row.invited_by)["invitations"] == []


def test_are_erased_with_the_account(invite):
    row = invite()

    personal_data.erase(account_of(row))

    assert not is_left(row)


def test_an_erased_inviter_is_forgotten(invite):
    row = invite()

    personal_data.erase(row.invited_by)

    row.refresh_from_db()
    assert row.invited_by is None
