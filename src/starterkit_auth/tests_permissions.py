"""StepUp on views that a project wrote itself, with plain DRF."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.test import override_settings
from django.urls import path
from django.utils import timezone
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView, exception_handler

from starterkit_auth.authentication import SessionAuthentication
from starterkit_auth.permissions import StepUp, step_up
from starterkit_core.http import problems
from starterkit_core.testing.client import ApiClient

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


class PlainView(APIView):
    """A view of a host."""

    authentication_classes = (SessionAuthentication,)
    permission_classes = (IsAuthenticated, StepUp)

    def get(self, request):
        return Response({"ok": True})

    def get_exception_handler(self):
        return exception_handler


class StrictView(PlainView):
    permission_classes = (step_up(max_age=timedelta(minutes=1)),)


class ProblemView(PlainView):
    """A view of a project that uses our exception handler."""

    def get_exception_handler(self):
        return problems.exception_handler


urlpatterns = [
    path("plain/", PlainView.as_view()),
    path("strict/", StrictView.as_view()),
    path("problem/", ProblemView.as_view()),
]


@pytest.fixture
def after(member, open_for, calling):
    """Call with a session whose last proof is ``minutes`` old: ``after(minutes)``."""

    def make(minutes, transport="bearer"):
        then = timezone.now() - timedelta(minutes=minutes)
        return calling(open_for(member, transport, authenticated_at=then))

    return make


@pytest.mark.parametrize("transport", ["bearer", "cookie"])
def test_lets_a_recent_proof_pass(after, transport):
    assert after(9, transport).get("/plain/").status_code == HTTPStatus.OK


@pytest.mark.parametrize("transport", ["bearer", "cookie"])
@pytest.mark.parametrize("minutes", [11, -11])
def test_asks_for_a_proof_that_is_recent(after, minutes, transport):
    """A proof lies ahead if the clock was set back since."""
    response = after(minutes, transport).get("/problem/")

    body = response.json()
    assert response.status_code == HTTPStatus.FORBIDDEN
    assert body["code"] == "step_up_required"
    assert (body["max_age"], body["how"]) == (600, "password")


def test_gives_the_code_through_the_exception_handler_of_drf(after):
    response = after(11).get("/plain/")

    assert response.status_code == HTTPStatus.FORBIDDEN
    assert response.json() == {
        "detail": "Please prove again who you are.",
        "code": "step_up_required",
        "max_age": "600",
        "how": "password",
    }


def test_a_view_may_ask_for_less_time(after):
    assert after(2).get("/strict/").status_code == HTTPStatus.FORBIDDEN
    assert after(0).get("/strict/").status_code == HTTPStatus.OK


@override_settings(STARTERKIT_AUTH={"STEP_UP_MAX_AGE": timedelta(hours=1)})
def test_a_project_may_give_more_time(after):
    assert after(59).get("/plain/").status_code == HTTPStatus.OK


def test_a_user_without_a_password_must_sign_in_again(member, after):
    member.set_unusable_password()
    member.save()

    assert after(11).get("/problem/").json()["how"] == "sign_in"


def test_an_anonymous_client_is_asked_to_authenticate_first(api):
    assert api.get("/plain/").status_code == HTTPStatus.UNAUTHORIZED
    assert api.get("/strict/").status_code == HTTPStatus.UNAUTHORIZED


def test_a_user_signed_in_by_other_means_must_step_up(member):
    client = ApiClient()
    client.force_authenticate(member)

    assert client.get("/plain/").json()["code"] == "step_up_required"
