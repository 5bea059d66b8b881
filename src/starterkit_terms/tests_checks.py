import pytest

from starterkit_terms.checks import (
    FINDS_USER,
    MIDDLEWARE,
    check_accept_page,
    check_authenticators,
    check_cost_of_gate,
    check_middleware,
)
from starterkit_terms.services import standing


@pytest.mark.parametrize(
    "path", ["nowhere.Authentication", "nowhere", "starterkit_terms.conf.conf"]
)
def test_names_what_is_no_authenticator(tuner, path):
    tuner("STARTERKIT_TERMS")(AUTHENTICATION_CLASSES=[path])

    (found,) = check_authenticators()

    assert found.id == "starterkit_terms.E001"
    assert path in found.msg


def test_is_content_with_those_of_drf(tuner):
    path = "rest_framework.authentication.SessionAuthentication"
    tuner("STARTERKIT_TERMS")(AUTHENTICATION_CLASSES=[path])

    assert check_authenticators() == []


def test_finds_a_page_that_there_is_not(tuner):
    tuner("STARTERKIT_TERMS")(ACCEPT_PAGE="no-such-page")

    (found,) = check_accept_page()

    assert found.id == "starterkit_terms.E002"
    assert "no-such-page" in found.msg


@pytest.mark.parametrize("page", ["", "/accept/", "starterkit_terms:pending"])
def test_is_content_with_a_url_and_with_the_name_of_one(tuner, page):
    tuner("STARTERKIT_TERMS")(ACCEPT_PAGE=page)

    assert check_accept_page() == []


def test_finds_a_middleware_that_meets_no_user(settings):
    settings.MIDDLEWARE = [MIDDLEWARE, FINDS_USER]

    (found,) = check_middleware()

    assert found.id == "starterkit_terms.E003"


def test_is_content_with_a_middleware_behind_that_of_django(settings):
    assert check_middleware() == []

    settings.MIDDLEWARE = [FINDS_USER, MIDDLEWARE]

    assert check_middleware() == []


@pytest.mark.parametrize("kind", ["dummy.DummyCache", "db.DatabaseCache"])
def test_says_how_the_gate_gets_cheap(settings, kind):
    path = f"django.core.cache.backends.{kind}"
    settings.CACHES = {"default": {"BACKEND": path, "LOCATION": "table"}}

    found = check_cost_of_gate()

    if standing.has_column():
        assert found == []
    else:
        assert [it.id for it in found] == ["starterkit_terms.W001"]
        assert "TermsStateMixin" in found[0].hint


def test_is_content_with_a_cache_in_memory(settings):
    assert check_cost_of_gate() == []

    settings.CACHES = {"other": {"BACKEND": "nowhere"}}  # E014 of core says so

    assert check_cost_of_gate() == []
