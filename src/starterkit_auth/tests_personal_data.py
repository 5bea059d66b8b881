import json

import pytest
from django.utils import timezone

from starterkit_auth.models import EmailAddress, PendingRegistration, session_model
from starterkit_auth.services import (
    challenges,
    pending_registrations,
    user_addresses,
)
from starterkit_auth.services.purposes import Purpose
from starterkit_core.ports import personal_data

pytestmark = pytest.mark.django_db


def part_of(user):
    return personal_data.export(user)["auth"]


@pytest.mark.needs_address
def test_exports_the_rows_of_a_person(member, open_for):
    session = open_for(member, device_name="Ada's phone").session
    address = user_addresses.address_of(member)
    challenges.open_challenge(member, address, Purpose.PASSWORD_RESET)
    pending_registrations.open_for(member, address)

    part = part_of(member)

    assert json.loads(json.dumps(part)) == part
    assert [row["id"] for row in part["sessions"]] == [str(session.pk)]
    assert part["sessions"][0]["device_name"] == "Ada's phone"
    assert part["addresses"][0]["address"] == user_addresses.address_of(member)
    assert len(part["challenges"]) == 1
    assert [row["address"] for row in part["pending_registrations"]] == [address]


def test_exports_no_secret_and_no_other_account(member, open_for, make_user):
    session = open_for(member).session
    open_for(make_user())

    part = part_of(member)

    assert bytes(session.salt).hex() not in str(part)
    assert session.auth_hash not in str(part)
    assert len(part["sessions"]) == 1


@pytest.mark.needs_address
def test_forgets_a_person_for_good(member, open_for, make_user):
    other = open_for(make_user()).session
    open_for(member)
    pending_registrations.open_for(member, user_addresses.address_of(member))

    for _ in range(2):
        personal_data.erase(member)

    assert set(session_model().objects.live_at(timezone.now())) == {other}
    assert not EmailAddress.objects.filter(user_id=member.pk).exists()
    assert not PendingRegistration.objects.exists()


def test_answers_for_every_model_of_ours_about_people():
    assert personal_data.covered_models() >= {
        session_model.label,
        "starterkit_auth.EmailAddress",
        "starterkit_auth.Challenge",
        "starterkit_auth.PendingRegistration",
    }
