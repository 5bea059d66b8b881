"""Auth lets administrators narrow the list of users to proven addresses."""

import pytest
from django.contrib.auth import get_user_model

from starterkit_auth.models import EmailAddress
from starterkit_auth.services import addresses
from starterkit_core.db.databases import rows_of
from starterkit_core.ports import user_filters

pytestmark = pytest.mark.django_db


@pytest.fixture
def users(make_user):
    """Return users who proved their address, who did not, and of another origin."""
    proven, unproven, other = (make_user() for _ in range(3))
    addresses.assign(proven, addresses.mailbox_of(proven), verified=True)
    addresses.assign(unproven, addresses.mailbox_of(unproven))
    return proven, unproven, other


def found(value):
    condition = user_filters.condition("is_verified", value)
    rows = rows_of(get_user_model()).filter(condition).order_by("pk")
    return [*rows.values_list("pk", flat=True)]


def test_tells_who_proved_the_address(users):
    proven, unproven, other = users

    assert found(value=True) == [proven.pk]
    assert found(value=False) == sorted([unproven.pk, other.pk])


def test_an_address_that_was_changed_elsewhere_is_not_proven(users):
    proven, *_others = users
    name = type(proven).get_email_field_name()
    setattr(proven, name, "another@example.com")
    proven.save()

    assert found(value=True) == []


@pytest.mark.parametrize("spelling", ["Ada@Example.com", "ada@example.com"])
def test_the_spelling_of_the_address_does_not_matter(make_user, spelling):
    user = make_user(email=spelling)
    addresses.assign(user, spelling.swapcase(), verified=True)

    assert EmailAddress.objects.get().key == "ada@example.com"
    assert found(value=True) == [user.pk]


def test_is_a_parameter_of_the_list():
    assert "is_verified" in user_filters.fields()
