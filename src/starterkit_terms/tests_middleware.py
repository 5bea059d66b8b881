"""Pages with Django's session behind the gate."""

import asyncio
from http import HTTPStatus

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth import get_user_model
from django.db import connection, connections
from django.http import HttpResponse
from django.test import AsyncClient, Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import include, path, reverse
from django.views import View
from django.views.static import serve
from rest_framework.views import APIView

from starterkit_terms.conftest import accepting
from starterkit_terms.http.pages import next_url
from starterkit_terms.middleware import TermsMiddleware
from starterkit_terms.services import standing

MIDDLEWARE = f"{TermsMiddleware.__module__}.{TermsMiddleware.__qualname__}"

pytestmark = pytest.mark.django_db


def page(request, *args, **kwargs):
    return HttpResponse("A page.")


async def async_page(request):
    return HttpResponse("A page.")


def open_page(request):
    return HttpResponse("An open page.")


open_page.gated = False


class OpenPage(View):
    gated = False

    def get(self, request):
        return HttpResponse("An open page.")


class ApiView(APIView):
    permission_classes = ()

    def get(self, request):
        return HttpResponse("Its permissions decide.")


urlpatterns = [
    path("shop/", page),
    path("async/", async_page),
    path("open/", open_page),
    path("open-class/", OpenPage.as_view()),
    path("drf/", ApiView.as_view()),
    path("accept/", page, name="accept-terms"),
    path("bye/", page, name="logout"),
    path("help/", include(([path("faq/", page, name="faq")], "help"))),
    path("files/<path:path>", serve, {"document_root": "/nowhere"}),
    path("api/page/", page),
    path("api/", include("starterkit_core.urls")),
]


@pytest.fixture(autouse=True)
def host(settings, tuner):
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, MIDDLEWARE]
    tuner("STARTERKIT_TERMS")(ACCEPT_PAGE="accept-terms")


@pytest.fixture
def browser(user):
    browser = Client()
    browser.force_login(user)
    return browser


def test_sends_a_user_to_accept_and_tells_where_to_go_back(browser, make_version):
    make_version()

    response = browser.get("/shop/?page=2")

    assert response.status_code == HTTPStatus.FOUND
    assert response["Location"] == "/accept/?next=%2Fshop%2F%3Fpage%3D2"
    assert "no-store" in response["Cache-Control"]


def test_a_form_is_not_sent_again(browser, make_version):
    make_version()

    response = browser.post("/shop/")

    assert response.status_code == HTTPStatus.SEE_OTHER
    assert response["Location"] == "/accept/"


def test_lets_users_through_who_have_accepted_and_visitors(browser, make_version):
    assert browser.get("/shop/").status_code == HTTPStatus.OK

    make_version()

    assert browser.get("/shop/").status_code == HTTPStatus.FOUND
    assert Client().get("/shop/").status_code == HTTPStatus.OK


@pytest.mark.parametrize(
    "headers",
    [
        {"Accept": "application/json"},
        {"Accept": "application/problem+json"},
        {"Sec-Fetch-Dest": "empty"},
    ],
)
def test_answers_a_program_with_a_problem(browser, make_version, headers):
    make_version()

    response = browser.get("/shop/", headers=headers)

    assert response.status_code == HTTPStatus.FORBIDDEN
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == "terms_acceptance_required"
    assert response.json()["pending"]


def test_answers_below_the_path_of_the_api_with_a_problem(browser, make_version):
    make_version()

    response = browser.get("/api/page/", headers={"Accept": "text/html"})

    assert response.json()["code"] == "terms_acceptance_required"


def test_answers_with_a_problem_without_a_page(browser, make_version, tuner):
    tuner("STARTERKIT_TERMS")(ACCEPT_PAGE="")
    make_version()

    response = browser.get("/shop/", headers={"Accept": "text/html"})

    assert response.json()["code"] == "terms_acceptance_required"


@pytest.mark.parametrize(
    "url", ["/accept/", "/accept/?next=/", "/bye/", "/open/", "/open-class/", "/drf/"]
)
def test_leaves_open_what_a_user_needs_to_accept_or_to_leave(
    browser, make_version, url
):
    make_version()

    assert browser.get(url).status_code == HTTPStatus.OK


def test_leaves_the_page_to_accept_on_open_if_its_url_has_the_host(
    browser, make_version, tuner
):
    tuner("STARTERKIT_TERMS")(ACCEPT_PAGE="http://TestServer/accept/?from=gate")
    make_version()

    assert browser.get("/accept/").status_code == HTTPStatus.OK
    assert browser.get("/shop/").status_code == HTTPStatus.FOUND


def test_a_page_to_accept_on_of_another_site_opens_none_of_this(
    browser, make_version, tuner
):
    tuner("STARTERKIT_TERMS")(ACCEPT_PAGE="https://accept.example/shop/")
    make_version()

    response = browser.get("/shop/")

    assert response["Location"] == "https://accept.example/shop/?next=%2Fshop%2F"


def test_leaves_files_open(browser, make_version):
    make_version()

    assert browser.get("/files/style.css").status_code == HTTPStatus.NOT_FOUND


def test_leaves_open_what_the_project_names(browser, make_version, tuner):
    make_version()
    assert browser.get("/help/faq/").status_code == HTTPStatus.FOUND

    for name in ("help", "help:faq"):
        tuner("STARTERKIT_TERMS")(OPEN_PAGES=[name])
        assert browser.get("/help/faq/").status_code == HTTPStatus.OK

    assert browser.get("/bye/").status_code == HTTPStatus.FOUND


def test_the_terms_can_be_accepted_by_the_api_meanwhile(browser, make_version):
    make_version()

    response = browser.get(reverse("starterkit_terms:documents"))

    assert response.status_code == HTTPStatus.OK


@pytest.mark.parametrize("url", ["/shop/", "/async/"])
@pytest.mark.django_db(transaction=True)
def test_gates_under_asgi_too(user, make_version, url):
    if connection.vendor == "sqlite":
        pytest.skip("Each thread has a memory of its own.")
    browser = AsyncClient()
    browser.force_login(user)

    async def visit():
        answer = await browser.get(url)
        await sync_to_async(connections.close_all)()  # those of the thread of views
        return answer

    before = asyncio.run(visit())
    make_version()
    after = asyncio.run(visit())

    assert before.status_code == HTTPStatus.OK
    assert after.status_code == HTTPStatus.FOUND
    assert after["Location"].startswith("/accept/?next=")


@pytest.mark.parametrize("url", ["/shop/", "/async/"])
@pytest.mark.django_db(transaction=True)
def test_gates_the_next_visit_under_asgi_too(user, make_version, steady, url):
    if connection.vendor == "sqlite":
        pytest.skip("Each thread has a memory of its own.")
    browser = AsyncClient()
    browser.force_login(user)
    make_version()
    standing.epochs.known().get()

    async def visit():
        answer = await browser.get(url)
        await sync_to_async(connections.close_all)()  # those of the thread of views
        return answer

    answer = asyncio.run(visit())

    assert answer.status_code == HTTPStatus.FOUND


@pytest.mark.django_db(transaction=True)
def test_keeps_under_asgi_who_has_accepted(user, make_version, steady, client_of):
    if connection.vendor == "sqlite":
        pytest.skip("Each thread has a memory of its own.")
    body = {"acceptances": [accepting(make_version())]}
    client_of(user).post(reverse("starterkit_terms:acceptances"), body)
    standing.epochs.known().get()
    standing.forget(user)
    browser = AsyncClient()
    browser.force_login(user)

    async def visit():
        answer = await browser.get("/async/")
        await sync_to_async(connections.close_all)()  # those of the thread of views
        return answer

    answers = [asyncio.run(visit()) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [HTTPStatus.OK] * 2


def test_adds_no_query_to_a_page_that_knows_its_user(browser, make_version, steady):
    standing.epochs.known().get()

    with CaptureQueriesContext(connection) as queries:
        assert browser.get("/shop/").status_code == HTTPStatus.OK

    tables = [query["sql"] for query in queries]
    assert not any("starterkit_terms" in sql or "zz_host_v" in sql for sql in tables)
    assert len(tables) == 2  # the session and its user


@pytest.mark.parametrize(
    ("wanted", "target"),
    [
        ("/shop/?page=2", "/shop/?page=2"),
        ("http://testserver/shop/", "http://testserver/shop/"),
        ("https://evil.example/", "/home/"),
        ("//evil.example/", "/home/"),
        ("/\\evil.example", "/home/"),
        ("javascript:alert(1)", "/home/"),
        ("\x00https://evil.example", "/home/"),
        ("", "/home/"),
    ],
)
def test_goes_back_to_this_site_only(wanted, target):
    by_query = RequestFactory().get("/accept/", {"next": wanted})
    by_form = RequestFactory().post("/accept/", {"next": wanted})

    assert next_url(by_query, "/home/") == target
    assert next_url(by_form, "/home/") == target


def test_never_offers_another_site_as_the_way_back(user, make_version):
    make_version()
    request = RequestFactory().get("/shop/")
    request.path = request.path_info = "//evil.example/"
    request.user = get_user_model()._base_manager.get(pk=user.pk)

    answer = TermsMiddleware(page).process_view(request, page, (), {})

    assert answer["Location"] == "/accept/"
