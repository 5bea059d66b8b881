"""A session that a suspension ended stays ended when it is lifted."""

from http import HTTPStatus

import pytest
from django.urls import reverse

from starterkit_auth.models.session import session_model

pytestmark = pytest.mark.django_db

SESSION = reverse("starterkit_auth:session")


def test_lifting_a_suspension_revives_no_session(open_for, calling, member):
    opened = open_for(member, "bearer")
    member.is_active = False
    member.save()

    member.is_active = True
    member.save()

    answer = calling(opened).get(SESSION)
    assert answer.status_code == HTTPStatus.UNAUTHORIZED
    assert session_model().objects.get().revoke_reason == "deactivated"


def test_saving_an_active_account_ends_no_session(open_for, calling, member):
    opened = open_for(member, "bearer")

    member.save()

    assert calling(opened).get(SESSION).status_code == HTTPStatus.OK
