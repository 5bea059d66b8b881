"""``/livez`` and ``/readyz`` at any place of a project, and before anything else."""

import sys
from types import ModuleType

import pytest
from asgiref.sync import async_to_sync
from django.conf.urls.i18n import i18n_patterns
from django.http import HttpResponse
from django.test import AsyncClient, Client
from django.urls import include, path

OURS = "starterkit_core.middleware.ApiMiddleware"
COMMON = "django.middleware.common.CommonMiddleware"
LOCALE = "django.middleware.locale.LocaleMiddleware"
SECURITY = "django.middleware.security.SecurityMiddleware"
SESSIONS = "django.contrib.sessions.middleware.SessionMiddleware"
USERS = "django.contrib.auth.middleware.AuthenticationMiddleware"
SIGNED_IN = "django.contrib.auth.middleware.LoginRequiredMiddleware"
CSRF = "django.middleware.csrf.CsrfViewMiddleware"
OTHERS = [SECURITY, SESSIONS, LOCALE, COMMON, CSRF, USERS, SIGNED_IN]
PROBES = include("starterkit_core.health.urls")
ALIVE = {"status": "alive"}

# None of these tests may use the database: pytest-django refuses it without a mark.


@pytest.fixture
def urls(settings):
    """Let the project's URLs be these."""

    def be(*patterns):
        module = ModuleType("tests_probes_urls")
        module.urlpatterns = list(patterns)
        sys.modules[module.__name__] = module
        settings.ROOT_URLCONF = module.__name__

    yield be
    sys.modules.pop("tests_probes_urls", None)


@pytest.fixture
def probe(urls, settings):
    """A client of a project that does what it can to get in the way."""
    settings.MIDDLEWARE = [OURS, *OTHERS]
    settings.ALLOWED_HOSTS = ["shop.example.com"]
    settings.SECURE_SSL_REDIRECT = True
    settings.CACHES = {"default": {"BACKEND": "no.such.Cache"}}
    settings.DATABASES["default"]["ATOMIC_REQUESTS"] = True
    urls(path("", PROBES), *i18n_patterns(path("pages/<path:page>", own_page)))
    yield Client(headers={"Host": "10.1.2.3:8000"}, enforce_csrf_checks=True)
    settings.DATABASES["default"]["ATOMIC_REQUESTS"] = False


def own_page(request, page=""):
    return HttpResponse("the project's own")


def test_a_process_that_lives_says_so(probe):
    answer = probe.get("/livez")

    assert (answer.status_code, answer.json()) == (200, ALIVE)
    assert answer.headers["Content-Type"] == "application/json"


def test_no_other_path_gets_past_the_hosts_and_https(probe):
    assert probe.get("/en/pages/livez").status_code == 400
    assert probe.get("/livez/").status_code == 400


def test_is_cached_by_no_proxy_and_sets_no_cookie(probe):
    answer = probe.get("/livez")

    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Request-ID"]
    assert not answer.cookies


def test_is_asked_by_get_and_head_only(probe):
    methods = ("get", "head", "post", "put", "patch", "delete", "options")

    said = {method: getattr(probe, method)("/livez") for method in methods}

    assert said["head"].content == b""
    assert {name: each.status_code for name, each in said.items()} == {
        "get": 200,
        "head": 200,
        **dict.fromkeys(("post", "put", "patch", "delete", "options"), 405),
    }


def test_the_refusal_of_a_method_is_as_safe_as_an_answer(probe):
    answer, refusal = probe.get("/livez"), probe.post("/livez")

    safe = ("Cache-Control", "Content-Security-Policy", "X-Content-Type-Options")
    assert [refusal.headers.get(name) for name in safe] == [
        answer.headers[name] for name in safe
    ]


def test_a_project_without_our_middleware_allows_its_hosts(probe, settings):
    settings.MIDDLEWARE = OTHERS
    settings.SECURE_SSL_REDIRECT = False

    by_address = probe.get("/livez")
    by_name = probe.get("/livez", headers={"Host": "shop.example.com"})

    assert by_address.status_code == 400
    assert (by_name.status_code, by_name.json()) == (200, ALIVE)


def test_a_process_with_asgi_answers_too(probe):
    client = AsyncClient(headers={"Host": "10.1.2.3:8000"})

    answer = async_to_sync(client.get)("/livez")
    unknown = async_to_sync(client.get)("/elsewhere/livez")

    assert (answer.status_code, answer.json()) == (200, ALIVE)
    assert unknown.status_code == 400


def test_may_lie_anywhere(urls):
    urls(path("internal/", PROBES))

    found, missing = Client().get("/internal/livez"), Client().get("/livez")

    assert (found.status_code, found.json()) == (200, ALIVE)
    assert missing.status_code == 404


def test_what_is_not_included_is_not_answered(urls):
    urls(path("api/", include("starterkit_core.urls")))

    said = {Client().get(name).status_code for name in ("/livez", "/api/livez")}

    assert said == {404}


def test_a_view_of_the_project_at_the_same_path_stays_its_own(urls, settings):
    settings.MIDDLEWARE = [OURS, SECURITY]
    settings.SECURE_SSL_REDIRECT = True
    urls(path("livez", own_page), path("readyz", own_page), path("", PROBES))

    over_http = Client().get("/livez")
    over_https = Client().get("/livez", secure=True)

    assert over_http.status_code == 301
    assert over_https.content == b"the project's own"
