"""A value of ours is one that the column of the project takes."""

import pytest
from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models

from starterkit_core.db.fitting_values import first_fitting, random_value

LETTERS = RegexValidator(r"^[a-z]+\Z")
DIGITS = RegexValidator(r"^\d+\Z")


@pytest.mark.parametrize(
    "field",
    [
        models.CharField(max_length=150),
        models.CharField(max_length=30),
        models.CharField(max_length=15),
        models.CharField(max_length=9, validators=[LETTERS]),
        models.CharField(max_length=40, validators=[LETTERS]),
        models.SlugField(),
        models.UUIDField(),
        models.IntegerField(),
        models.PositiveBigIntegerField(),
    ],
)
def test_a_random_value_is_valid_and_another_each_time(field):
    values = {random_value(field) for _ in range(20)}

    assert len(values) == 20
    assert values == {field.clean(value, None) for value in values}


@pytest.mark.parametrize(
    "field",
    [
        models.CharField(max_length=15, validators=[DIGITS]),
        models.EmailField(),
        models.IntegerField(validators=[MaxValueValidator(9_999)]),
        models.DateField(),
    ],
)
def test_there_is_none_where_the_column_means_something_else(field):
    assert random_value(field) is None


def test_takes_the_first_value_that_is_valid():
    field = models.CharField(max_length=3)

    assert first_fitting(field, None, "long", "abc", "d") == "abc"
    assert first_fitting(field, "long") is None
