"""What a project adds by hand to its settings and URLs, and what it forgot."""

import sys
from types import ModuleType

import pytest
from django.conf.urls.i18n import i18n_patterns, is_language_prefix_patterns_used
from django.core.checks import run_checks
from django.urls import include, path, re_path

from starterkit_core.middleware import ApiMiddleware

OURS = "starterkit_core.middleware.ApiMiddleware"
CORS = "corsheaders.middleware.CorsMiddleware"
COMMON = "django.middleware.common.CommonMiddleware"
KIT = include("starterkit_core.urls")
SAMPLE = include("tests.sample.urls")
SESSIONS = "django.contrib.sessions.middleware.SessionMiddleware"


class Mine(ApiMiddleware):
    """A host's own, built on ours."""


def findings(*numbers):
    found = run_checks(tags=["starterkit"])
    wanted = [f"starterkit_core.{number}" for number in numbers]
    return [message for message in found if message.id in wanted]


@pytest.fixture
def urls(settings):
    """Let the project's URLs be these."""

    def be(*patterns):
        module = ModuleType("tests_wiring_urls")
        module.urlpatterns = list(patterns)
        sys.modules[module.__name__] = module
        settings.ROOT_URLCONF = module.__name__
        is_language_prefix_patterns_used.cache_clear()  # Django keeps it by name

    yield be
    sys.modules.pop("tests_wiring_urls", None)
    is_language_prefix_patterns_used.cache_clear()


def test_is_content_with_what_the_readme_says():
    found = findings("W008", "W009", "W010", "W011", "W012")

    assert found == []


def test_misses_the_middleware(settings):
    settings.MIDDLEWARE = [SESSIONS, COMMON]

    (found,) = findings("W008", "W009")

    assert found.id == "starterkit_core.W008"
    assert OURS in found.hint


@pytest.mark.parametrize(
    ("middleware", "problems"),
    [
        ([OURS, SESSIONS, COMMON], []),
        ([SESSIONS, OURS, COMMON], []),
        ([CORS, OURS, COMMON], []),
        ([COMMON, OURS], ["behind CommonMiddleware"]),
        ([OURS, CORS, COMMON], ["no CORS headers"]),
        ([COMMON, OURS, CORS], ["behind CommonMiddleware", "no CORS headers"]),
        ([OURS, "no.such.Middleware", COMMON], []),
        ([f"{__name__}.Mine", COMMON], []),
        ([COMMON, f"{__name__}.Mine"], ["behind CommonMiddleware"]),
    ],
)
def test_names_what_stands_on_the_wrong_side(settings, middleware, problems):
    settings.MIDDLEWARE = middleware

    found = findings("W008", "W009")

    assert [message.id for message in found] == ["starterkit_core.W009"] * len(problems)
    assert all(part in it.msg for part, it in zip(problems, found, strict=True))


def test_the_hint_is_the_order_to_write(settings):
    settings.MIDDLEWARE = [OURS, CORS, COMMON]

    (found,) = findings("W009")

    assert f"MIDDLEWARE = [{CORS!r}, {OURS!r}, …]" in found.hint


def test_misses_the_line_in_the_urls(urls):
    urls(path("nothing/", lambda request: None))

    (found,) = findings("W010", "W011")

    assert found.id == "starterkit_core.W010"
    assert 'include("starterkit_core.urls")' in found.hint


@pytest.mark.parametrize(
    ("pattern", "prefix", "covered"),
    [
        (path("api/", include("starterkit_core.urls")), "/api/", True),
        (path("backend/", include("starterkit_core.urls")), "/api/", False),
        (path("backend/", include("starterkit_core.urls")), "/backend/", True),
        (path("backend/", include("starterkit_core.urls")), ["/a/", "/backend/"], True),
        (re_path("^backend/", include("starterkit_core.urls")), "/api/", False),
        (re_path("^api/", include("starterkit_core.urls")), "/api/", True),
        (path("<slug:shop>/", include("starterkit_core.urls")), "/api/", True),
    ],
)
def test_finds_endpoints_outside_of_the_prefix(
    settings, urls, pattern, prefix, covered
):
    urls(pattern)
    settings.STARTERKIT_CORE = {"API_PREFIX": prefix}

    found = findings("W010", "W011")

    expected = [] if covered else ["starterkit_core.W011"]
    assert [message.id for message in found] == expected


@pytest.mark.parametrize(
    ("patterns", "value"),
    [
        ([path("backend/", KIT)], "'/backend/'"),
        ([re_path("^backend/v1/", KIT)], "'/backend/v1/'"),
        ([path("shop/<slug:shop>/", KIT)], "'/shop/'"),
        ([path("things/", SAMPLE)], "'/things/'"),
        ([path("sample/", SAMPLE)], "'/sample/'"),
        ([path("a/", KIT), path("b/", KIT)], "['/a/', '/b/']"),
        (i18n_patterns(path("api/", KIT)), "['/en/api/', '/pt-br/api/']"),
        (
            i18n_patterns(path("api/", KIT), prefix_default_language=False),
            "['/api/', '/en/api/', '/pt-br/api/']",
        ),
    ],
)
def test_the_hint_is_the_prefix_to_write(settings, urls, patterns, value):
    urls(*patterns)
    settings.STARTERKIT_CORE = {"API_PREFIX": "/other/"}
    settings.LANGUAGES = [("en", "English"), ("pt-br", "Português")]
    settings.LANGUAGE_CODE = "en-us"

    (found,) = findings("W011")

    assert found.hint == f"Set it to {value}."


def test_a_prefix_is_a_path_or_some_of_them(settings):
    settings.STARTERKIT_CORE = {"API_PREFIX": ["/en/api/", "pt-br/api"]}

    (found,) = findings("E008")

    assert "a path such as '/api/', or a list of them" in found.msg


@pytest.mark.parametrize("app", ["rest_framework", "drf_spectacular"])
def test_names_an_app_that_is_not_installed(settings, app):
    settings.INSTALLED_APPS = [name for name in settings.INSTALLED_APPS if name != app]

    (found,) = findings("W012")

    assert repr(app) in found.msg
