"""``require_terms()``: what one view needs, whatever the gate says."""

import asyncio
from datetime import timedelta
from http import HTTPStatus

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import AnonymousUser
from django.db import connection, connections
from django.http import HttpResponse
from django.test import AsyncClient, RequestFactory
from django.urls import path, reverse
from django.utils import timezone
from django.views import View
from rest_framework.decorators import api_view
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory, force_authenticate
from rest_framework.views import APIView

from starterkit_core.http.endpoints import EndpointView
from starterkit_core.http.resources import resource
from starterkit_terms.conftest import accepting
from starterkit_terms.decorators import require_terms, requires_terms
from starterkit_terms.tests_gate import ACCEPT

pytestmark = pytest.mark.django_db


@require_terms("beta")
def page(request):
    return HttpResponse("A page.")


@require_terms("beta")
async def async_page(request):
    return HttpResponse("A page.")


@require_terms("beta")
class Page(View):
    def get(self, request):
        return HttpResponse("A page.")


@require_terms("beta")
class GuardedBase(View):
    pass


@require_terms("beta")
class AsyncPage(View):
    async def get(self, request):
        return HttpResponse("A page.")


class AsyncHeir(GuardedBase):
    async def get(self, request):
        return HttpResponse("A page.")


urlpatterns = [
    path("function/", async_page),
    path("class/", AsyncPage.as_view()),
    path("heir/", AsyncHeir.as_view()),
]


@require_terms("beta")
class Issues(APIView):
    permission_classes = ()

    def get(self, request):
        return Response({})


@require_terms("beta")
class Endpoint(EndpointView):
    def get(self, request):
        return Response({})


@require_terms("beta")
@api_view(["GET"])
def above(request):
    return Response({})


@api_view(["GET"])
@require_terms("beta")
def below(request):
    return Response({})


class Other(APIView):
    permission_classes = ()

    def get(self, request):
        return Response({})


VIEWS_OF_DRF = {
    "class": Issues.as_view(),
    "endpoint": resource(get=Endpoint),
    "above": above,
    "below": below,
    "as_view": require_terms("beta")(Other.as_view()),
}


@pytest.fixture
def beta(make_document):
    return make_document(key="beta", mandatory=False)


@pytest.fixture
def accept(client_of):
    def accept(user, version):
        return client_of(user).post(ACCEPT, {"acceptances": [accepting(version)]})

    return accept


def visit(view, user=None):
    request = APIRequestFactory().get("/beta/")
    if user:
        force_authenticate(request, user)
    response = view(request)
    return response.render() if hasattr(response, "render") else response


def look(view, user, **headers):
    request = RequestFactory().get("/beta/", headers=headers)
    request.user = user
    return view(request)


@pytest.mark.parametrize("kind", VIEWS_OF_DRF)
def test_a_view_of_drf_needs_the_document(user, beta, make_version, accept, kind):
    version = make_version(beta)

    refused = visit(VIEWS_OF_DRF[kind], user)
    accept(user, version)

    assert refused.status_code == HTTPStatus.FORBIDDEN
    assert "terms_acceptance_required" in refused.content.decode()
    assert visit(VIEWS_OF_DRF[kind], user).status_code == HTTPStatus.OK


@pytest.mark.parametrize("kind", VIEWS_OF_DRF)
def test_a_visitor_is_no_user_who_has_accepted(beta, make_version, kind):
    make_version(beta)

    status = visit(VIEWS_OF_DRF[kind]).status_code

    assert status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}


def test_other_urls_of_the_same_class_need_nothing(user, beta, make_version):
    make_version(beta)

    assert visit(Other.as_view(), user).status_code == HTTPStatus.OK


@pytest.fixture
def accept_page(tuner):
    tuner("STARTERKIT_TERMS")(ACCEPT_PAGE="/accept/")


@pytest.mark.parametrize("view", [page, Page.as_view()], ids=["function", "class"])
@pytest.mark.usefixtures("accept_page")
def test_a_page_sends_the_user_to_accept(user, beta, make_version, accept, view):
    version = make_version(beta)

    refused = look(view, user)
    program = look(view, user, accept="application/json")
    accept(user, version)

    assert refused["Location"] == "/accept/?next=%2Fbeta%2F"
    assert program.status_code == HTTPStatus.FORBIDDEN
    assert look(view, user).status_code == HTTPStatus.OK


def test_a_page_sends_a_visitor_to_sign_in(beta, make_version):
    make_version(beta)

    response = look(page, AnonymousUser())
    program = look(page, AnonymousUser(), accept="application/json")

    assert response.status_code == HTTPStatus.FOUND
    assert "next=/beta/" in response["Location"]
    assert program.status_code == HTTPStatus.UNAUTHORIZED


@pytest.mark.parametrize("page", urlpatterns, ids=lambda it: str(it.pattern))
def test_an_async_page_is_guarded_too(beta, make_version, page):
    make_version(beta)

    async def ask():
        return await look(page.callback, AnonymousUser())

    assert asyncio.run(ask()).status_code == HTTPStatus.FOUND


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("accept_page")
def test_an_async_page_sends_the_user_to_accept(
    make_user, beta, make_version, accept, settings
):
    if connection.vendor == "sqlite":
        pytest.skip("Each thread has a memory of its own.")
    faithful, stranger = make_user(), make_user()
    accept(faithful, make_version(beta))
    settings.ROOT_URLCONF = __name__

    for url in ("/function/", "/class/", "/heir/"):
        assert asyncio.run(visit_as(faithful, url)).status_code == HTTPStatus.OK
        refused = asyncio.run(visit_as(stranger, url))
        assert refused["Location"].startswith("/accept/?next=")


async def visit_as(user, url):
    browser = AsyncClient()
    await browser.aforce_login(user)
    answer = await browser.get(url)
    await sync_to_async(connections.close_all)()  # those of the thread of views
    return answer


def test_a_former_version_is_enough_until_the_new_one_is_enforced(
    user, beta, make_version, accept, time_machine
):
    accept(user, make_version(beta))
    deadline = timezone.now() + timedelta(days=1)
    make_version(beta, enforce_at=deadline)
    assert visit(VIEWS_OF_DRF["class"], user).status_code == HTTPStatus.OK

    time_machine.move_to(deadline)

    assert visit(VIEWS_OF_DRF["class"], user).status_code == HTTPStatus.FORBIDDEN


def test_a_document_that_there_is_not_is_never_accepted(user):
    refused = visit(VIEWS_OF_DRF["class"], user)

    assert refused.status_code == HTTPStatus.FORBIDDEN


def test_a_consent_must_be_given(user, make_document, make_version):
    document = make_document(key="beta", nature="consent", mandatory=False)
    make_version(document)

    refused = visit(VIEWS_OF_DRF["endpoint"], user)

    assert refused.status_code == HTTPStatus.FORBIDDEN
    assert refused.data["code"] == "consent_required"
    assert refused.data["document"] == "beta"


def test_a_consent_that_was_given_opens_until_it_is_withdrawn(
    user, client_of, make_document, make_version
):
    version = make_version(make_document(key="beta", nature="consent", mandatory=False))
    url = reverse("starterkit_terms:consent", args=["beta"])

    client_of(user).put(url, accepting(version, state="given"))
    given = visit(VIEWS_OF_DRF["endpoint"], user)
    client_of(user).put(url, {"state": "withdrawn"})
    withdrawn = visit(VIEWS_OF_DRF["endpoint"], user)

    assert given.status_code == HTTPStatus.OK
    assert withdrawn.status_code == HTTPStatus.FORBIDDEN


def test_the_api_documentation_shows_the_refusals():
    codes = {refusal.code for refusal in Endpoint._further_permissions()[-1].raises}

    assert codes == {"terms_acceptance_required", "consent_required"}


def test_the_url_of_several_endpoints_is_not_decorated():
    with pytest.raises(TypeError, match="class of the endpoint"):
        require_terms("beta")(resource(get=Endpoint))


def test_is_a_permission_to_name_as_well(user, beta, make_version):
    make_version(beta)

    class Named(APIView):
        permission_classes = (requires_terms("beta"),)

        def get(self, request):
            return Response({})

    assert visit(Named.as_view(), user).status_code == HTTPStatus.FORBIDDEN
