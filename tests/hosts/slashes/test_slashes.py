"""A forgotten slash is said, with the right path; it never costs a body."""

import pytest
from django.test import Client

from tests.hosts.slashes.settings import MIDDLEWARE

SESSION = "/api/auth/v1/session"
DEVICE = "/api/auth/v1/sessions/01a204cc-1100-775d-a207-25acf0b8417c"
UNSAFE = [
    ("post", SESSION),
    ("delete", SESSION),
    ("delete", DEVICE),
    ("put", "/api/auth/v1/password"),
    ("patch", "/api/users/v1/me"),
]
BROWSER = {"Accept": "text/html,*/*;q=0.8"}
OURS, *DJANGO = MIDDLEWARE

whatever_the_project_says = pytest.mark.parametrize(
    ("debug", "appends"), [(True, True), (True, False), (False, True), (False, False)]
)


@pytest.fixture
def project_says(settings, debug, appends):
    settings.DEBUG, settings.APPEND_SLASH = debug, appends


@pytest.fixture
def client():
    return Client(raise_request_exception=False)


def assert_names(response, path):
    body = response.json()
    assert response.status_code == 404
    assert response.headers["Content-Type"] == "application/problem+json"
    assert "Location" not in response.headers
    assert (body["code"], body["path"]) == ("missing_slash", path)


@whatever_the_project_says
@pytest.mark.usefixtures("project_says")
@pytest.mark.parametrize("order", [MIDDLEWARE, [*DJANGO, OURS]])
@pytest.mark.parametrize(("method", "path"), UNSAFE)
def test_an_endpoint_names_the_right_path(settings, order, method, path):
    settings.MIDDLEWARE = order
    client = Client()  # an error of Django's would be raised here

    response = getattr(client, method)(f"{path}?page=2")

    assert_names(response, f"{path}/")


@whatever_the_project_says
@pytest.mark.usefixtures("project_says")
def test_reading_an_endpoint_names_it_too(client):
    response = client.get("/api/users/v1/me", headers=BROWSER)

    assert_names(response, "/api/users/v1/me/")


@whatever_the_project_says
@pytest.mark.usefixtures("project_says")
@pytest.mark.parametrize("path", ["/api/own", "/api/own/café au lait"])
def test_a_view_of_the_project_below_the_api_loses_no_body(client, path):
    response = client.post(path, {"name": "Ada"})

    assert_names(response, f"{path}/")


def test_a_view_of_the_project_is_still_redirected_to_when_it_is_read(client):
    response = client.get("/api/own?page=2")

    assert response.status_code == 301
    assert response.headers["Location"] == "/api/own/?page=2"


def test_in_debug_a_browser_gets_djangos_page_about_the_slash(client, settings):
    settings.DEBUG = True

    response = client.post("/api/own", headers=BROWSER)

    assert response.status_code == 500
    assert "APPEND_SLASH" in response.content.decode()


def test_outside_of_the_api_django_decides(client):
    response = client.post("/page")

    assert response.status_code == 301


@pytest.mark.parametrize("path", ["/api/nope", "/api/nope/", "/api"])
def test_a_path_that_is_wrong_with_a_slash_too_is_not_found(client, path):
    response = client.post(path)

    assert response.status_code == 404
    assert b"missing_slash" not in response.content


def test_a_redirect_to_https_is_left_alone(client, settings):
    settings.SECURE_SSL_REDIRECT = True
    security = "django.middleware.security.SecurityMiddleware"
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, security]

    response = client.post(SESSION)

    assert response.status_code == 301
    assert response.headers["Location"] == f"https://testserver{SESSION}"


def test_a_mounted_project_names_the_path_as_the_client_sees_it(client):
    response = client.post(SESSION, SCRIPT_NAME="/shop", PATH_INFO=SESSION)

    assert_names(response, f"/shop{SESSION}/")
