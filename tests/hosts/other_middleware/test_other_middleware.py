"""What other middleware put on an answer stays on it, in whatever order they stand."""

import gzip
import json

import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient, Client

from tests.hosts.other_middleware.settings import BESIDE, BREAKS, CORS, DJANGO, OURS

ORDERS = {
    "as documented": [CORS, OURS, *DJANGO, *BESIDE, BREAKS],
    "ours first": [OURS, CORS, *DJANGO, *BESIDE, BREAKS],
    "ours last": [CORS, *DJANGO, *BESIDE, OURS, BREAKS],
    "others turned round": [CORS, *reversed(BESIDE), OURS, *DJANGO, BREAKS],
}
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
PAGE = {"Origin": "https://app.example.com", "Accept-Encoding": "gzip"}
SESSION = "/api/auth/v1/session/"


@pytest.fixture(params=ORDERS.values(), ids=list(ORDERS))
def client(request, settings, db):
    settings.MIDDLEWARE = request.param
    return Client(headers=PAGE, raise_request_exception=False)


@pytest.fixture
def first(settings, db):
    """A client of the project as documented; nothing of the project is raised to it."""
    return Client(headers=PAGE, raise_request_exception=False)


def unpacked(response):
    packed = response.headers.get("Content-Encoding") == "gzip"
    return gzip.decompress(response.content) if packed else response.content


def assert_problem(response, status, code):
    body = json.loads(unpacked(response))
    assert response.headers["Content-Type"] == "application/problem+json"
    assert (response.status_code, body["status"]) == (status, status)
    assert body["code"] == code
    return body


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [("nope/", 404, "not_found"), ("broken/", 500, "server_error")],
)
def test_headers_and_cookies_of_other_middleware_stay(client, path, status, code):
    response = client.get(f"/api/{path}", secure=True)

    assert_problem(response, status, code)
    assert response.cookies["visited"]["samesite"] == "Lax"
    headers = response.headers
    assert headers["Access-Control-Allow-Origin"] == "https://app.example.com"
    assert headers["Access-Control-Allow-Credentials"] == "true"
    assert headers["Strict-Transport-Security"] == "max-age=3600"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Referrer-Policy"] in {"same-origin", "no-referrer"}
    assert "origin" in headers["Vary"].lower()


def test_headers_of_the_former_content_go(first, settings):
    settings.DEBUG = True  # Django's page is long enough to be compressed

    response = first.get("/api/nope/", headers={"Accept": "application/json"})

    assert_problem(response, 404, "not_found")
    assert "Content-Encoding" not in response.headers
    assert "ETag" not in response.headers
    length = response.headers.get("Content-Length", len(response.content))
    assert int(length) == len(response.content)


def test_a_host_that_is_not_ours_gets_the_headers_too(first, settings):
    settings.ALLOWED_HOSTS = ["ours.example.com"]

    response = first.get("/api/nope/", headers={"Host": "evil.example.com"})

    assert_problem(response, 400, "bad_request")
    assert "Access-Control-Allow-Origin" in response.headers


def test_the_answers_of_our_views_have_them_as_well(client):
    response = client.get(SESSION, secure=True)

    assert_problem(response, 401, "not_authenticated")
    assert response.cookies["visited"]
    assert response.headers["Strict-Transport-Security"] == "max-age=3600"
    assert response.headers["Access-Control-Allow-Credentials"] == "true"


def test_what_a_middleware_answers_in_json_of_its_own_is_not_changed(client):
    response = client.get("/api/closed/")

    assert response.status_code == 404
    assert response.json() == {"reason": "closed"}


def test_a_redirect_to_nowhere_is_not_changed(client):
    response = client.post("/api/odd")

    assert response.status_code == 302


@pytest.mark.parametrize("path", ["nope/", "broken/"])
def test_in_debug_a_browser_gets_djangos_page_and_an_app_the_problem(
    first, settings, path
):
    settings.DEBUG = True

    page = first.get(f"/api/{path}", headers=BROWSER)
    app = first.get(f"/api/{path}", headers={"Accept": "*/*"})

    assert page.headers["Content-Type"].startswith("text/html")
    assert app.headers["Content-Type"] == "application/problem+json"


def test_outside_of_debug_a_browser_gets_the_problem_too(first):
    response = first.get("/api/nope/", headers=BROWSER)

    assert_problem(response, 404, "not_found")


def test_the_journey(person):
    assert person.walk() == ""


def test_under_asgi_they_stay_as_well(db):
    get = async_to_sync(AsyncClient().get)

    response = get("/api/nope/", headers=PAGE)

    assert_problem(response, 404, "not_found")
    assert response.cookies["visited"]
    assert "Access-Control-Allow-Origin" in response.headers


@pytest.mark.parametrize("sent", ["", "client-0123456789"])
def test_another_middleware_with_request_ids_has_the_same_one(settings, db, sent):
    numbered = "tests.hosts.other_middleware.middleware.numbered"
    settings.MIDDLEWARE = [*settings.MIDDLEWARE[:2], numbered, *DJANGO]
    headers = {"X-Request-ID": sent} if sent else {}

    response = Client(headers=headers).get(SESSION)

    problem = assert_problem(response, 401, "not_authenticated")
    assert response.headers["X-Request-ID"] == problem["request_id"]
    assert problem["request_id"] == sent or not sent
