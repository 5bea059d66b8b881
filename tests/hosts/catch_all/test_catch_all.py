"""A catch-all URL of the project, after our line, hides no error of the API."""

import pytest
from django.test import Client

BROWSER = {"Accept": "text/html,*/*;q=0.8"}
in_any_mode = pytest.mark.parametrize("debug", [True, False])


@pytest.fixture
def client(settings, debug):
    settings.DEBUG = debug
    return Client(raise_request_exception=False, enforce_csrf_checks=True)


def assert_problem(response, code):
    assert response.status_code == 404
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == code


def test_the_journey(person):
    assert person.walk() == ""


@in_any_mode
@pytest.mark.parametrize("method", ["get", "post", "delete"])
@pytest.mark.parametrize("path", ["/api/nope/", "/api/", "/api/auth/v1/nope/"])
def test_an_unknown_path_is_a_problem(client, method, path):
    response = getattr(client, method)(path)

    assert_problem(response, "not_found")


@in_any_mode
@pytest.mark.parametrize("method", ["post", "delete"])
def test_an_unknown_path_without_a_slash_names_no_other(client, method):
    response = getattr(client, method)("/api/nope")

    assert_problem(response, "not_found")


@in_any_mode
def test_a_forgotten_slash_is_named(client):
    response = client.post("/api/auth/v1/session")

    assert_problem(response, "missing_slash")
    assert response.json()["path"] == "/api/auth/v1/session/"


@in_any_mode
@pytest.mark.parametrize("path", ["/about/", "/api/about/"])
def test_pages_of_the_project_are_served(client, path):
    response = client.get(path)

    assert response.content.decode() == path[1:]


@in_any_mode
@pytest.mark.parametrize("path", ["/about/", "/api/own/"])
def test_a_view_of_the_project_still_asks_for_the_token_of_its_forms(client, path):
    response = client.post(path)

    assert response.status_code == 403
    assert response.headers["Content-Type"].startswith("text/html")


@in_any_mode
@pytest.mark.parametrize("path", ["/nope/", "/api/own/"])
def test_what_was_not_found_by_a_view_of_the_project_stays(client, path):
    response = client.get(path)

    assert response.status_code == 404
    assert response.headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("debug", [True])
def test_in_debug_a_browser_gets_djangos_page(client):
    response = client.get("/api/nope/", headers=BROWSER)

    assert response.status_code == 404
    assert response.headers["Content-Type"].startswith("text/html")
