"""Headers, methods and credentials: what HTTP itself can be abused for."""

import pytest

from starterkit_core.http.endpoints import Access
from starterkit_core.testing.client import ApiClient
from starterkit_core.testing.plugin import PASSWORD
from tests.documented import operations
from tests.security.attacks import AUTH, JSON, PROBLEM, example, named, send, url
from tests.security.conftest import COOKIE, browser

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_limits")]

EVERY = pytest.mark.parametrize("operation", operations(), ids=named)
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND")
FOR_EVERYBODY = {
    "starterkit_auth.v1.config.get",
    "starterkit_terms.v1.documents.get",
    "starterkit_terms.v1.documents.key.get",
    "starterkit_terms.v1.documents.key.versions.get",
    "starterkit_terms.v1.documents.key.versions.number.diff.get",
    "starterkit_terms.v1.documents.key.versions.number.get",
}
"""Endpoints whose answer is the same for all, so that caches may keep it."""


def answers(operation, caller):
    """Return one answer that is right and one that is a refusal."""
    body = example(operation) if operation.view.request_class else None
    return [send(caller, operation, body), send(ApiClient(), operation, b"{")]


@EVERY
def test_every_answer_has_the_safe_headers(open_for, member, operation):
    for answer in answers(operation, open_for(member).caller):
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Referrer-Policy"] == "no-referrer"
        policy = answer["Content-Security-Policy"]
        assert policy == "default-src 'none'; frame-ancestors 'none'"


@EVERY
def test_no_cache_keeps_personal_answers(open_for, member, operation):
    for answer in answers(operation, open_for(member).caller):
        if operation.key not in FOR_EVERYBODY:
            assert answer["Cache-Control"] == "no-store"
            assert {"Authorization", "Cookie"} <= {*answer["Vary"].split(", ")}
        else:
            assert "Authorization" not in answer["Vary"]


@EVERY
@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://testserver"]
)
def test_no_other_origin_may_read_an_answer(operation, origin):
    headers = {"HTTP_ORIGIN": origin, "HTTP_ACCESS_CONTROL_REQUEST_METHOD": "POST"}
    for answer in (
        ApiClient(**headers).options(url(operation), headers=headers),
        ApiClient().generic(operation.method.upper(), url(operation), **headers),
    ):
        assert not [
            name for name in answer.headers if name.startswith("Access-Control")
        ]


def test_an_undeclared_method_is_refused(open_for, member):
    declared = {}
    for operation in operations():
        declared.setdefault(url(operation), set()).add(operation.method.upper())
    caller = open_for(member).caller

    for address, methods in declared.items():
        for method in {*METHODS} - methods - ({"HEAD"} if "GET" in methods else set()):
            answer = caller.generic(method, address, b"{}", JSON)
            assert answer.status_code == 405, (method, address)
            assert {*answer["Allow"].split(", ")} == methods | {"OPTIONS"}
            assert answer["Content-Type"] == PROBLEM


@EVERY
def test_options_has_no_effect(open_for, member, operation):
    opened = open_for(member)

    answer = opened.caller.options(url(operation))

    assert (answer.status_code, answer.content) == (204, b"")
    assert opened.works


@pytest.mark.parametrize(
    "header",
    ["HTTP_X_HTTP_METHOD_OVERRIDE", "HTTP_X_HTTP_METHOD", "HTTP_X_METHOD_OVERRIDE"],
)
def test_no_header_changes_the_method(open_for, member, header):
    opened = open_for(member)

    answer = opened.caller.get(f"{AUTH}session/?_method=DELETE", **{header: "DELETE"})

    assert answer.status_code == 200
    assert opened.works


def test_head_has_no_body_and_no_effect(open_for, member):
    opened = open_for(member)

    answer = opened.caller.head(f"{AUTH}session/")

    assert (answer.status_code, answer.content) == (200, b"")
    assert opened.works


@EVERY
def test_a_refusal_is_a_problem_document(operation):
    call = ApiClient().generic
    method, address = operation.method.upper(), url(operation)
    refusals = [
        call(method, address, b"{}", JSON, HTTP_ACCEPT="text/html"),
        call("BREW", address),
        call(method, address + "nothing/at/all/"),
    ]

    for answer, status in zip(refusals, (406, 405, 404), strict=True):
        problem = answer.json()
        assert answer.status_code == problem["status"] == status
        assert answer["Content-Type"] == PROBLEM
        assert {"type", "title", "detail", "code", "request_id"} <= problem.keys()
        assert "Traceback" not in str(problem)


AUTHORIZATIONS = (
    "",
    "Bearer",
    "Bearer ",
    "Bearer  ",
    "Bearer \xff\xfe",
    "Bearer ska_" + "A" * 84,
    "Bearer ska_" + "A" * 30_000,
    "Bearer null",
    "bearer ska_" + "A" * 84 + ", Bearer ska_" + "A" * 84,
    "Basic YTpi",
    "Basic \x00",
    "\x00",
    "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.",
    "Bearer ../../etc/passwd",
    "Bearer ' OR 1=1 --",
    "Bearer ska_\u0661" + "A" * 83,
)


@pytest.mark.parametrize("header", AUTHORIZATIONS)
def test_a_credential_that_is_none_is_refused(header):
    header = header.encode().decode("latin-1") if "\u0661" in header else header

    answer = ApiClient().get(f"{AUTH}session/", HTTP_AUTHORIZATION=header)

    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert answer["Content-Type"] == PROBLEM


def test_two_credentials_are_never_chosen_from(open_for, member):
    cookie, bearer = open_for(member, "cookie"), open_for(member)
    both = {"HTTP_AUTHORIZATION": f"Bearer {bearer.access}"}
    joined = {"HTTP_AUTHORIZATION": f"Bearer {bearer.access},Bearer {bearer.access}"}

    assert cookie.caller.get(f"{AUTH}session/", **both).status_code == 400
    assert ApiClient().get(f"{AUTH}session/", **joined).status_code == 401


BROKEN_BEARERS = [
    "Bearer nonsense",
    "Bearer ska_" + "A" * 96,
    "Bearer",
    "Bearer ",
    "Bearer\tx",
    "Bearer: x",
    "Bearer,x",
    "Bearer=x",
    "bearer null",
    "Basic YTpi, Bearer x",
    "",
    "ska_" + "A" * 96,
]


def test_a_bad_bearer_never_falls_back_to_the_cookie(open_for, member):
    caller = open_for(member, "cookie").caller

    for header in BROKEN_BEARERS:
        answer = caller.get(f"{AUTH}session/", HTTP_AUTHORIZATION=header)
        assert answer.status_code == 400
        assert answer.json()["code"] == "ambiguous_credentials"


def test_a_credential_counts_where_it_belongs_only(open_for, member):
    bearer, cookie = open_for(member), open_for(member, "cookie")
    secret = cookie.caller.cookies[COOKIE].value
    misplaced = browser()
    misplaced.cookies[COOKIE] = bearer.access

    for answer in (
        ApiClient().get(f"{AUTH}session/?access_token={bearer.access}"),
        ApiClient().get(f"{AUTH}session/", HTTP_X_ACCESS_TOKEN=bearer.access),
        ApiClient().get(f"{AUTH}session/", HTTP_AUTHORIZATION=f"Bearer {secret}"),
        ApiClient().get(
            f"{AUTH}session/", HTTP_AUTHORIZATION=f"Bearer {bearer.refresh}"
        ),
        ApiClient().get(f"{AUTH}session/", HTTP_AUTHORIZATION=f"Token {bearer.access}"),
        misplaced.get(f"{AUTH}session/"),
    ):
        assert answer.status_code == 401


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"HTTP_SEC_FETCH_SITE": "cross-site"},
        {"HTTP_SEC_FETCH_SITE": "same-site"},
        {"HTTP_SEC_FETCH_SITE": "none"},
        {"HTTP_ORIGIN": "https://evil.example"},
        {"HTTP_ORIGIN": "null"},
        {"HTTP_ORIGIN": "http://testserver.evil.example"},
        {"HTTP_ORIGIN": "http://testserver", "HTTP_SEC_FETCH_SITE": "cross-site"},
        {"HTTP_REFERER": "http://testserver/"},
        {
            "HTTP_X_FORWARDED_HOST": "evil.example",
            "HTTP_ORIGIN": "https://evil.example",
        },
    ],
    ids=str,
)
def test_no_other_site_uses_the_cookie(open_for, member, headers):
    opened = open_for(member, "cookie")
    opened.caller.credentials(**headers)
    unsafe = [one for one in operations() if one.method != "get" and not _public(one)]

    for operation in unsafe:
        body = example(operation) if operation.view.request_class else None
        answer = send(opened.caller, operation, body)
        assert answer.status_code == 403, operation.key
        assert answer.json()["code"] == "cross_site_request"

    assert opened.works


@pytest.mark.parametrize("headers", [{}, {"HTTP_ORIGIN": "https://evil.example"}])
def test_no_other_site_signs_a_visitor_in(member, headers):
    client = {"transport": "cookie"}
    body = {"email": member.email, "password": PASSWORD, "client": client}

    answer = ApiClient().post(f"{AUTH}session/", body, **headers)

    assert answer.status_code == 403
    assert not answer.cookies


def test_the_cookie_is_locked_up(sign_in, member):
    opened = sign_in(member, transport="cookie")

    morsel = opened.caller.cookies[COOKIE]
    assert morsel["secure"] is True
    assert morsel["httponly"] is True
    assert (morsel["samesite"], morsel["path"], morsel["domain"]) == ("Lax", "/", "")
    assert morsel.value not in str(opened.body)
    assert not opened.access

    gone = opened.caller.delete(f"{AUTH}session/").cookies[COOKIE]
    assert (gone.value, gone["max-age"]) == ("", 0)
    for name in ("secure", "httponly", "samesite", "path", "domain"):
        assert gone[name] == morsel[name]


def _public(operation):
    return operation.view.access is Access.PUBLIC
