"""Administrators read one invitation."""

from http import HTTPStatus

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db


def url_of(invitation_id):
    return reverse("starterkit_users:invitations-invitation-id", args=[invitation_id])


def test_shows_what_the_list_shows(ask, client_of, inviter):
    shown = ask().json()

    response = client_of(inviter).get(url_of(shown["id"]))

    assert response.status_code == HTTPStatus.OK
    assert response.json() == shown


def test_an_unknown_one_is_not_found(client_of, inviter):
    response = client_of(inviter).get(url_of("0199f0a3-c5b8-7d7e-8a41-f0c2d3e4f5a7"))

    assert response.status_code == HTTPStatus.NOT_FOUND
    assert response.json()["code"] == "invitation_not_found"


def test_needs_the_permission(ask, client_of, user):
    shown = ask().json()

    response = client_of(user).get(url_of(shown["id"]))

    assert response.status_code == HTTPStatus.FORBIDDEN
