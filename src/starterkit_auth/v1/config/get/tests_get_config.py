from datetime import timedelta
from http import HTTPStatus

import pytest
from django.urls import reverse

from starterkit_core.testing.client import ApiClient

from .use_case import ReadConfig

URL = reverse("starterkit_auth:config")


def test_shows_what_is_enabled_without_a_query(api):
    response = api.get(URL)  # without the django_db mark, a query would fail the test

    assert response.status_code == HTTPStatus.OK
    assert response.json() == {
        "transports": ["bearer", "cookie"],
        "registration_mode": "strict",
        "email_verification": "required",
        "password": {"min_length": 12, "max_length": 256},
        "code": {"length": 6, "lifetime": 600, "resend_after": 30},
        "step_up_max_age": 600,
    }


def test_shows_the_settings_of_the_project(api, settings):
    settings.STARTERKIT_AUTH = {
        "REGISTRATION_MODE": "friendly",
        "EMAIL_VERIFICATION": "off",
        "PASSWORD_MIN_LENGTH": 15,
        "CODE_LIFETIME": timedelta(minutes=5),
        "RESEND_COOLDOWN": timedelta(minutes=1),
        "STEP_UP_MAX_AGE": timedelta(minutes=2),
        "SIGNING_KEYS": ["a secret that must not be told to anybody"],
    }

    response = api.get(URL)

    assert response.json() == {
        "transports": ["bearer", "cookie"],
        "registration_mode": "friendly",
        "email_verification": "off",
        "password": {"min_length": 15, "max_length": 256},
        "code": {"length": 6, "lifetime": 300, "resend_after": 60},
        "step_up_max_age": 120,
    }
    assert "secret" not in response.text


def test_may_be_kept_by_any_cache(api):
    response = api.get(URL)

    assert response.headers["Cache-Control"] == "public, max-age=300"
    varies = {name.strip() for name in response.headers["Vary"].split(",")}
    assert not varies & {"Authorization", "Cookie"}
    assert not response.cookies


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_AUTHORIZATION": "Bearer nonsense"},
        {"HTTP_COOKIE": "__Host-starterkit=nonsense"},
    ],
)
def test_looks_at_no_credential(api, headers):
    plain = api.get(URL)

    response = ApiClient().get(URL, **headers)

    assert response.status_code == HTTPStatus.OK
    assert response.content == plain.content
    assert response.headers["Cache-Control"] == plain.headers["Cache-Control"]


def test_no_cache_keeps_a_refusal(api):
    response = api.get(URL, HTTP_ACCEPT="text/csv")

    assert response.status_code == HTTPStatus.NOT_ACCEPTABLE
    assert response.headers["Cache-Control"] == "no-store"


class AppsOnly(ReadConfig):
    """A host project's use case: one step replaced, the rest inherited."""

    def transports(self):
        return ["bearer"]


def test_a_host_can_replace_one_step(api, settings):
    settings.STARTERKIT_OVERRIDES = {
        "starterkit_auth.v1.config.get": f"{__name__}.AppsOnly"
    }

    assert api.get(URL).json()["transports"] == ["bearer"]
