"""The gate, asked as endpoints ask it."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory, force_authenticate

from starterkit_core.http.endpoints import EndpointView
from starterkit_core.http.resources import resource
from starterkit_core.ports import access_gates
from starterkit_terms.conftest import accepting
from starterkit_terms.gate import TermsGate
from starterkit_terms.services import epochs

ACCEPT = reverse("starterkit_terms:acceptances")

IN_A_TRANSACTION = 1
"""Queries more in a test, which runs in a transaction: its snapshot may be older."""

pytestmark = pytest.mark.django_db


class Guarded(EndpointView):
    """An endpoint like any other."""

    def get(self, request):
        return Response({})


@pytest.fixture
def visit():
    """Ask for a guarded endpoint."""

    def get(user, **headers):
        request = APIRequestFactory().get("/api/guarded/", headers=headers)
        force_authenticate(request, user)
        response = resource(get=Guarded)(request)
        return response.render()

    return get


def test_is_closed_until_enforced_versions_are_accepted(
    user, visit, client_of, make_document, make_version
):
    version = make_version(make_document(key="terms"))

    refused = visit(user)
    client_of(user).post(ACCEPT, {"acceptances": [accepting(version)]})

    assert refused.status_code == HTTPStatus.FORBIDDEN
    assert refused.data["code"] == "terms_acceptance_required"
    assert refused.data["pending"] == [
        accepting(version)
        | {"document": "terms", "title": "Terms in en", "label": "v1", "locale": "en"}
    ]
    assert visit(user).status_code == HTTPStatus.OK


def test_no_header_cookie_or_older_acceptance_opens_it(
    user, visit, client_of, make_version
):
    old = make_version()
    client_of(user).post(ACCEPT, {"acceptances": [accepting(old)]})
    make_version(old.document)

    response = visit(user, **{"X-Terms-Accepted": "true", "Cookie": "terms=1"})

    assert response.status_code == HTTPStatus.FORBIDDEN


def test_closes_by_itself_when_the_time_has_come(
    user, visit, make_version, time_machine
):
    deadline = timezone.now() + timedelta(days=1)
    make_version(enforce_at=deadline)

    assert visit(user).status_code == HTTPStatus.OK

    time_machine.move_to(deadline)
    assert visit(user).status_code == HTTPStatus.FORBIDDEN


def test_terms_stay_usable_while_it_is_closed(client_of, user, make_version):
    make_version()

    for name in ("documents", "pending"):
        url = reverse(f"starterkit_terms:{name}")
        assert client_of(user).get(url).status_code == HTTPStatus.OK


def test_costs_two_queries_for_what_is_pending_and_none_without(
    client_of, user, make_version, django_assert_num_queries, steady
):
    versions = [make_version(texts=("en", "pt-br")) for _ in range(3)]

    epochs.known().get()
    with django_assert_num_queries(2 + IN_A_TRANSACTION):
        assert access_gates.first_refusal(user)
    accepted = [accepting(version) for version in versions]
    client_of(user).post(ACCEPT, {"acceptances": accepted})
    user.refresh_from_db()
    with django_assert_num_queries(0):
        assert access_gates.first_refusal(user) is None


def test_takes_no_query_for_an_anonymous_client(
    make_version, django_assert_num_queries
):
    make_version()

    with django_assert_num_queries(0):
        assert TermsGate().refusal(AnonymousUser()) is None


def test_speaks_the_language_of_the_request(user, make_version, settings):
    make_version(texts=("en", "pt-br"))

    with translation.override("pt-br"):
        refusal = TermsGate().refusal(user)

    assert refusal.facts["pending"][0]["locale"] == "pt-br"


def test_is_named_among_the_closed_gates(user, make_version):
    make_version()

    assert access_gates.pending(user) == ["terms_acceptance_required"]


@pytest.fixture
def editor(make_user):
    """A browser with Django's session."""
    browser = Client()
    browser.force_login(make_user())
    return browser


def test_accepting_works_with_the_authenticators_that_the_host_names(
    editor, make_version, tuner
):
    version = make_version()
    name = "rest_framework.authentication.SessionAuthentication"
    tuner("STARTERKIT_TERMS")(AUTHENTICATION_CLASSES=[name])

    body = {"acceptances": [accepting(version)]}
    response = editor.post(ACCEPT, body, content_type="application/json")

    assert response.status_code == HTTPStatus.CREATED
    assert TermsGate().can_be_opened_by(SessionAuthentication())


def test_other_authenticators_do_not_open_it():
    class ForeignAuthentication(BaseAuthentication):
        pass

    assert not TermsGate().can_be_opened_by(ForeignAuthentication())
