"""Owners who have left: no session of Django outlives that, nor does the admin."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.contrib import admin
from django.contrib.auth import get_user, get_user_model
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from starterkit_core.testing.plugin import PASSWORD
from starterkit_users.models import Status
from starterkit_users.services import lifecycle

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        not lifecycle.has_status(), reason="the user model has no columns of the state"
    ),
]

INDEX = reverse("admin:index")


@pytest.fixture
def chief(make_user):
    return make_user(is_staff=True, is_superuser=True)


@pytest.fixture
def other_chief(make_user):
    """The project keeps a superuser."""
    return make_user(is_staff=True, is_superuser=True)


def office_of(user):
    client = Client()
    client.force_login(user)
    return client


def enters(office):
    return office.get(INDEX).status_code == HTTPStatus.OK


def is_signed_in(client):
    """Return whether a view of a host behind ``login_required`` lets it in."""
    request = HttpRequest()
    request.session = client.session
    return get_user(request).is_authenticated


def stored(user):
    return get_user_model()._base_manager.get(pk=user.pk)


def deactivate(client_of, user):
    client_of(user).post(reverse("starterkit_users:me-deactivation"))


def schedule(client_of, user):
    client_of(user).delete(reverse("starterkit_users:me"))


@pytest.mark.usefixtures("other_chief")
@pytest.mark.parametrize("leave", [deactivate, schedule])
def test_the_sessions_of_django_end(client_of, chief, leave):
    office = office_of(chief)
    assert enters(office)

    leave(client_of, chief)

    assert stored(chief).is_active
    assert not enters(office)
    assert not is_signed_in(office)


@pytest.mark.usefixtures("other_chief")
@pytest.mark.parametrize("leave", [deactivate, schedule])
def test_nor_do_they_work_once_the_owner_is_back(client_of, chief, leave):
    office = office_of(chief)
    leave(client_of, chief)

    client_of(stored(chief)).post(reverse("starterkit_users:me-restoration"))

    assert lifecycle.status_of(stored(chief)) == Status.ACTIVE
    assert not is_signed_in(office)
    assert enters(office_of(stored(chief)))


@pytest.mark.usefixtures("other_chief")
def test_a_session_does_not_outlive_a_suspension(chief):
    office = office_of(chief)
    lifecycle.change(chief, Status.SUSPENDED)

    lifecycle.change(chief, Status.ACTIVE)

    assert not is_signed_in(office)


def test_who_is_about_to_leave_signs_in_but_not_to_the_admin(make_user):
    until = timezone.now() + timedelta(days=3)
    user = make_user(
        is_staff=True, status=Status.DELETION_SCHEDULED, status_until=until
    )

    office = office_of(user)

    assert is_signed_in(office)
    assert not enters(office)


def test_a_sign_in_opens_a_deactivated_account_and_goes_on(make_user):
    user = make_user(is_staff=True, status=Status.DEACTIVATED)

    office = Client()
    office.post(
        reverse("admin:login"),
        {"username": user.get_username(), "password": PASSWORD},
    )

    assert lifecycle.status_of(stored(user)) == Status.ACTIVE
    assert enters(office)


def test_a_sign_in_without_a_session_changes_none(make_user, rf):
    user, request = make_user(status=Status.DEACTIVATED), rf.get("/")

    user_logged_in.send(type(user), request=request, user=user)

    assert lifecycle.status_of(stored(user)) == Status.ACTIVE


def test_a_user_who_stays_enters(chief, django_assert_max_num_queries):
    request = HttpRequest()
    request.user = chief

    with django_assert_max_num_queries(0):
        assert admin.site.has_permission(request)
