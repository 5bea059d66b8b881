"""The state of an account, and ``is_active``, which follows it and leads it."""

from datetime import timedelta

import pytest
from django.contrib.auth import authenticate, get_user_model
from django.utils import timezone

from starterkit_users.models import AbstractAccount
from starterkit_users.models.lifecycle import CLOSED, Status

User = get_user_model()

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        not issubclass(User, AbstractAccount),
        reason="the project has another user model",
    ),
]

STATES = [*Status]


def saved(user):
    return User.objects.values_list("status", "is_active").get(pk=user.pk)


@pytest.mark.parametrize("status", STATES)
def test_is_active_follows_the_status(user, status):
    user.status = status
    user.save(update_fields=["status"])

    assert saved(user) == (status, status not in CLOSED)
    assert User.objects.get(pk=user.pk).is_active == (status not in CLOSED)


@pytest.mark.parametrize("status", STATES)
def test_a_new_row_with_a_status_has_the_is_active_of_it(make_user, status):
    user = make_user(status=status)

    assert saved(user) == (status, status not in CLOSED)


def test_a_new_row_that_is_inactive_is_suspended(make_user):
    assert saved(make_user(is_active=False)) == (Status.SUSPENDED, False)


@pytest.mark.parametrize("fields", [None, ["is_active"]])
def test_the_status_follows_is_active(user, fields):
    user.is_active = False
    user.save(update_fields=fields)
    assert saved(user) == (Status.SUSPENDED, False)

    user = User.objects.get(pk=user.pk)
    user.is_active = True
    user.save(update_fields=fields)
    assert saved(user) == (Status.ACTIVE, True)


@pytest.mark.parametrize("status", STATES)
@pytest.mark.parametrize("is_active", [True, False])
def test_assigning_what_it_is_already_keeps_the_status(make_user, status, is_active):
    user = make_user(status=status)
    if is_active == (status in CLOSED):
        pytest.skip("it would change")

    user.is_active = is_active
    user.save()

    assert saved(user) == (status, is_active)


@pytest.mark.parametrize("status", STATES)
def test_an_update_of_the_status_sets_is_active(user, status):
    User.objects.filter(pk=user.pk).update(status=status)

    assert saved(user) == (status, status not in CLOSED)


@pytest.mark.parametrize("status", STATES)
@pytest.mark.parametrize("is_active", [True, False])
def test_an_update_of_is_active_sets_the_status_that_does_not_fit(
    make_user, status, is_active
):
    user = make_user(status=status)

    User.objects.filter(pk=user.pk).update(is_active=is_active)

    fits = is_active == (status not in CLOSED)
    other = Status.ACTIVE if is_active else Status.SUSPENDED
    assert saved(user) == (status if fits else other, is_active)


def test_a_bulk_update_saves_both(user):
    user.is_active = False
    User.objects.bulk_update([user], ["is_active"])

    assert saved(user) == (Status.SUSPENDED, False)


def test_saving_is_active_alone_of_a_row_loaded_in_part_saves_the_status(user):
    part = User.objects.only("pk").get(pk=user.pk)
    part.is_active = False
    part.save(update_fields=["is_active"])

    assert saved(user) == (Status.SUSPENDED, False)


def test_saving_the_status_of_a_row_loaded_in_part_saves_is_active(user):
    part = User.objects.only("pk").get(pk=user.pk)
    part.status = Status.SUSPENDED
    part.save(update_fields=["status"])

    assert saved(user) == (Status.SUSPENDED, False)


def test_reading_again_shows_what_is_saved(user):
    other = User.objects.get(pk=user.pk)
    other.status = Status.SUSPENDED
    other.save()

    user.refresh_from_db()

    assert (user.status, user.is_active) == (Status.SUSPENDED, False)


def suspend(user, until):
    user.status, user.status_until = Status.SUSPENDED, until
    user.save()
    return User.objects.get(pk=user.pk)


def test_a_suspension_ends_by_itself(user):
    ended = suspend(user, timezone.now() - timedelta(seconds=1))
    assert ended.is_active

    lasting = suspend(user, timezone.now() + timedelta(hours=1))
    assert not lasting.is_active


def test_a_suspension_without_an_end_lasts(user):
    assert not suspend(user, None).is_active


def test_django_signs_in_a_user_whose_suspension_has_ended(make_user):
    user = make_user(password="correct horse battery")
    name = {"username": user.get_username(), "password": "correct horse battery"}

    suspend(user, timezone.now() + timedelta(hours=1))
    assert authenticate(**name) is None

    suspend(user, timezone.now() - timedelta(hours=1))
    assert authenticate(**name) == user


def test_saving_other_columns_does_not_end_a_suspension(user):
    ended = suspend(user, timezone.now() - timedelta(seconds=1))

    ended.first_name = "Ada"
    ended.save()

    assert saved(user) == (Status.SUSPENDED, False)
