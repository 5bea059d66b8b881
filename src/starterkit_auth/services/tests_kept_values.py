"""Values of a sign-up survive the wait for its confirmation as they were."""

import json
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from django.core.exceptions import ImproperlyConfigured, ObjectDoesNotExist
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import TextChoices

from starterkit_auth.services.kept_values import dumped, loaded
from starterkit_core.utils.secrets import Secret, hide_named


class Size(TextChoices):
    SMALL = "s"


VALUES = [
    None,
    True,
    7,
    "text with \x00 and \u2028",
    0.1,
    float("inf"),
    Decimal("1.10"),
    UUID(int=7),
    datetime(2026, 11, 26, 12, 30, 1, 5, tzinfo=UTC),
    datetime(2026, 11, 26, 12, 30),  # noqa: DTZ001  # of a project without time zones
    date(2026, 11, 26),
    time(12, 30),
    timedelta(days=-1, microseconds=1),
    [1, [date(2026, 1, 1)]],
    (1, "a"),
    {1, 2},
    {"a": {"type": "date", "value": [Decimal(1)]}},
]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_a_value_comes_back_as_it_was(value):
    kept = json.loads(json.dumps(dumped({"field": value}), allow_nan=False))

    [back] = loaded(kept).values()

    assert back == value
    assert type(back) is type(value)


def test_a_choice_comes_back_as_its_value():
    assert loaded(dumped({"size": Size.SMALL})) == {"size": "s"}


@pytest.mark.django_db
def test_a_row_comes_back_as_it_is_saved_now(make_user):
    user = make_user()
    kept = json.loads(json.dumps(dumped({"sponsor": user})))

    assert loaded(kept) == {"sponsor": user}

    user.delete()
    with pytest.raises(ObjectDoesNotExist):
        loaded(kept)


def test_no_secret_is_kept():
    """Such as the second password of a project's form."""
    values = {"password_again": Secret("correct horse"), "company": "Babbage"}

    assert loaded(dumped(values)) == {"company": "Babbage"}


def test_no_secret_is_kept_within_a_field():
    card = {"number": "4111", "pin": Secret("1234"), "codes": [Secret("5678")]}

    assert loaded(dumped({"card": card})) == {"card": {"number": "4111", "codes": []}}


def test_what_only_sounds_secret_is_kept():
    """Such as in a ``JSONField``, where no field of the project says what it is."""
    [(_, address)] = hide_named([("postcode", "1815")])

    kept = loaded(dumped({"home": {"postcode": address, "codes": [address]}}))

    assert kept == {"home": {"postcode": "1815", "codes": ["1815"]}}


def test_says_which_field_cannot_wait():
    file = SimpleUploadedFile("portrait.png", b"")

    with pytest.raises(ImproperlyConfigured, match="'portrait'"):
        dumped({"portrait": file})
