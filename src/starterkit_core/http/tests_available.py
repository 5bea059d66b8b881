"""Endpoints that a project lacks, and those that ask for a recent proof."""

from http import HTTPStatus

import pytest
from django.test import RequestFactory
from django.urls import path
from rest_framework.permissions import BasePermission
from rest_framework.test import APIRequestFactory, force_authenticate

from starterkit_core.errors import DomainError
from starterkit_core.http.exceptions import Refused
from starterkit_core.http.resources import available, resource
from starterkit_core.ports import recent_proof
from tests.sample.v1.things.get.views import ListThingsView
from tests.sample.v1.things.post.views import CreateThingView

THINGS = "/api/sample/v1/things/"


class Lacking(CreateThingView):
    @classmethod
    def is_available(cls):
        return False


class ProofMissing(DomainError):
    code = "proof_missing"
    message = "Prove it."
    status = HTTPStatus.FORBIDDEN


class Proof(BasePermission):
    raises = (ProofMissing,)

    def has_permission(self, request, view):
        raise Refused(ProofMissing())


@pytest.fixture
def proof():
    former = recent_proof.permissions()
    recent_proof.register(Proof)
    yield
    recent_proof.unregister()
    for permission in former:
        recent_proof.register(permission)


@pytest.fixture
def without_proof():
    former = recent_proof.permissions()
    recent_proof.unregister()
    yield
    for permission in former:
        recent_proof.register(permission)


def test_a_url_without_an_endpoint_is_left_out():
    lacking = path("lacking/", resource(post=Lacking))
    kept = path("things/", resource(get=ListThingsView))

    assert available(lacking, kept) == [kept]


def test_a_method_that_is_lacking_is_not_allowed():
    view = resource(get=ListThingsView, post=Lacking)

    response = view(RequestFactory().post("/things/"))

    assert response.status_code == HTTPStatus.METHOD_NOT_ALLOWED
    assert response["Allow"] == "GET, OPTIONS"
    assert set(view.cls.endpoints) == {"get"}


@pytest.mark.django_db
def test_asks_for_a_recent_proof(client_of, user, proof, monkeypatch):
    monkeypatch.setattr(CreateThingView, "recent_proof", True)

    response = client_of(user).post(THINGS, {"name": "Lamp"})

    assert response.status_code == HTTPStatus.FORBIDDEN
    assert response.json()["code"] == "proof_missing"
    assert ProofMissing in CreateThingView.documented_refusals()


class SometimesProven(CreateThingView):
    """A view of a host that asks for some values only."""

    recent_proof = None

    def post(self, request):
        if request.data.get("name") == "Key":
            self.require_recent_proof()
        return super().post(request)


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "status"), [("Key", 403), ("Lamp", 201)])
def test_asks_for_a_recent_proof_of_some_changes(user, proof, name, status):
    request = APIRequestFactory().post(THINGS, {"name": name}, format="json")
    force_authenticate(request, user)

    response = resource(post=SometimesProven)(request)

    assert response.status_code == status
    assert ProofMissing in SometimesProven.documented_refusals()


@pytest.mark.django_db
def test_asks_for_none_where_no_module_can(client_of, user, without_proof, monkeypatch):
    monkeypatch.setattr(CreateThingView, "recent_proof", True)

    response = client_of(user).post(THINGS, {"name": "Lamp"})

    assert response.status_code == HTTPStatus.CREATED


@pytest.mark.django_db
def test_other_endpoints_ask_for_none(client_of, user, proof):
    response = client_of(user).post(THINGS, {"name": "Lamp"})

    assert response.status_code == HTTPStatus.CREATED
    assert ProofMissing not in CreateThingView.documented_refusals()
