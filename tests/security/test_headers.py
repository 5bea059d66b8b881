"""Headers of every answer below the API, and what caches in front make of them."""

import json

import pytest
from django.core.cache import caches

from starterkit_core.http.answers import SAFE_HEADERS
from starterkit_core.testing.client import ApiClient
from tests.documented import operations
from tests.security.attacks import AUTH, JSON, PROBLEM, named, url

pytestmark = pytest.mark.django_db

SESSION = f"{AUTH}session/"
PAGES = ["/api/docs/", "/api/docs/?script=", "/api/redoc/", "/api/redoc/?script="]
FILE = "/api/docs/files/redoc.standalone.js"
BY_COOKIE = json.dumps(
    {"email": "a@b.example", "password": "x" * 12, "client": {"transport": "cookie"}}
)
REFUSALS = {
    "a wrong path": (404, "GET", "/api/nothing/", {}),
    "no slash": (404, "GET", SESSION[:-1], {}),
    "a file that is none": (404, "GET", "/api/docs/files/x", {}),
    "a host that is none": (400, "GET", SESSION, {"HTTP_HOST": "a b"}),
    "no credential": (401, "GET", SESSION, {}),
    "another media type": (406, "GET", SESSION, {"HTTP_ACCEPT": "text/html"}),
    "another method": (405, "PUT", SESSION, {}),
    "another method of the document": (405, "DELETE", "/api/schema/", {}),
    "another method of a page": (405, "POST", "/api/docs/", {}),
    "a body that is none": (400, "POST", SESSION, {"data": "{"}),
    "a long body": (413, "POST", SESSION, {"data": '"' + "x" * 1_000_000}),
    "a form": (
        415,
        "POST",
        SESSION,
        {"data": "x", "content_type": "multipart/form-data"},
    ),
    "a long URL": (414, "GET", SESSION + "x" * 8_000, {}),
    "a long header": (431, "GET", SESSION, {"HTTP_X": "x" * 32_000}),
    "another site": (403, "POST", SESSION, {"data": BY_COOKIE, "HTTP_ORIGIN": "null"}),
}
GETS = [one for one in operations() if one.method == "get"]
CACHING = (
    "django.middleware.cache.UpdateCacheMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.middleware.cache.FetchFromCacheMiddleware",
)


def assert_safe(answer, cached=()):
    for name, value in SAFE_HEADERS.items():
        if name not in cached:
            assert answer.headers.get(name) == value, name
    assert answer.headers["X-Request-ID"]


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
def test_every_refusal_is_a_problem_with_the_safe_headers(refusal, no_limits):
    status, method, path, sent = refusal
    sent = {"content_type": JSON, **sent}

    answer = ApiClient().generic(method, path, **sent)

    assert answer.status_code == status
    assert answer["Content-Type"] == PROBLEM
    assert_safe(answer)


@pytest.mark.parametrize("path", [*PAGES, "/api/schema/"])
def test_the_document_and_its_pages_are_kept_by_no_cache(path):
    pytest.importorskip("drf_spectacular_sidecar", reason='the extra "docs"')
    answer = ApiClient().get(path)

    assert answer.status_code == 200
    assert_safe(answer, cached={"Content-Security-Policy"})
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert {"Authorization", "Cookie"} <= {*answer["Vary"].split(", ")}


def test_a_file_of_a_page_is_the_same_for_all_and_kept():
    pytest.importorskip("drf_spectacular_sidecar", reason='the extra "docs"')
    answer = ApiClient().get(FILE)

    assert_safe(answer, cached={"Cache-Control"})
    assert answer["Cache-Control"] == "public, max-age=3600"


def test_not_modified_has_the_safe_headers():
    known = ApiClient().get("/api/terms/v1/documents/")["ETag"]

    answer = ApiClient().get("/api/terms/v1/documents/", HTTP_IF_NONE_MATCH=known)

    assert answer.status_code == 304
    assert_safe(answer, cached={"Cache-Control"})
    assert "Cookie" not in answer["Vary"]


@pytest.fixture
def cached_site(settings):
    """Let the project cache whatever Django's middleware thinks may be kept."""
    update, conditional, fetch = CACHING
    settings.MIDDLEWARE = [update, conditional, *settings.MIDDLEWARE, fetch]
    caches["default"].clear()
    yield
    caches["default"].clear()


@pytest.mark.parametrize("transport", ["bearer", "cookie"])
@pytest.mark.parametrize("operation", GETS, ids=named)
@pytest.mark.usefixtures("cached_site", "no_limits")
def test_a_cache_of_the_site_shows_no_user_the_answer_of_another(
    sign_in, make_member, operation, transport
):
    all_rights = {"is_staff": True, "is_superuser": True}
    ada = make_member(email="ada@example.com", **all_rights)
    ada = sign_in(ada, transport=transport)
    eva = sign_in(make_member(email="eva@example.com"), transport=transport)
    first = ada.caller.get(url(operation))
    answers = [eva.caller.get(url(operation)), ApiClient().get(url(operation))]

    assert first.status_code in {200, 404}
    for answer in answers:
        assert "ada@" not in answer.content.decode()
        assert ada.id not in answer.content.decode()


@pytest.mark.parametrize("path", ["/api/users/v1/me/", SESSION, f"{AUTH}sessions/"])
@pytest.mark.usefixtures("cached_site", "no_limits")
def test_a_cache_of_the_site_answers_no_session_that_has_ended(sign_in, member, path):
    opened = sign_in(member)
    before = opened.caller.get(path)

    opened.caller.delete(SESSION)

    assert before.status_code == 200
    assert opened.caller.get(path).status_code == 401
