"""A URL or headers that are too large are refused before anything reads them.

Most of these tests have no database, so that a statement would fail them.
"""

import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient, Client

THINGS = "/api/sample/v1/things/"


def assert_refused(response, status, code):
    assert response.status_code == status
    assert response.json()["code"] == code
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.headers["Cache-Control"] == "no-store"
    assert response.json()["request_id"] == response.headers["X-Request-ID"]


@pytest.mark.parametrize("url", [f"{THINGS}{'x' * 8_000}/", f"/api/?q={'x' * 8_000}"])
def test_refuses_a_url_that_is_too_long(client, url):
    assert_refused(client.get(url), 414, "url_too_long")


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_X_LONG": "x" * 32_000},
        {"HTTP_COOKIE": "; ".join(f"name{i}={'x' * 400}" for i in range(80))},
        {"HTTP_ACCEPT_LANGUAGE": "en," * 11_000},
        {f"HTTP_X_{i}": "" for i in range(101)},
    ],
    ids=["one", "cookies", "known", "many"],
)
def test_refuses_headers_that_are_too_large(client, headers):
    assert_refused(client.get(THINGS, **headers), 431, "headers_too_large")


@pytest.mark.django_db
def test_what_browsers_send_passes(client):
    cookies = "; ".join(f"name{i}={'x' * 4_000}" for i in range(7))

    response = client.get(f"{THINGS}?q={'x' * 7_000}", HTTP_COOKIE=cookies)

    assert response.status_code not in {414, 431}


def test_the_limits_are_settings(client, settings):
    settings.STARTERKIT_CORE = {"MAX_URL_LENGTH": 30, "MAX_HEADERS": 2}

    assert client.get(f"/api/{'x' * 30}").status_code == 414
    many = {f"HTTP_X_{i}": "" for i in range(3)}
    assert client.get("/api/x/", **many).status_code == 431


def test_pages_of_the_project_have_the_limits_of_the_server_only():
    response = Client().get("/pages/", HTTP_X_LONG="x" * 40_000)

    assert response.status_code == 404


def test_refuses_on_an_asynchronous_server_too():
    response = async_to_sync(AsyncClient().get)(f"/api/{'x' * 8_000}")

    assert_refused(response, 414, "url_too_long")


@pytest.mark.django_db
def test_refuses_a_body_without_a_length(client_of, user):
    """Django reads no body that comes in chunks: a change would be none."""
    chunked = {"HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": ""}

    response = client_of(user).post(THINGS, {"name": "Lamp"}, **chunked)

    assert_refused(response, 411, "length_required")
