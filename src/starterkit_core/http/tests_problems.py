"""Every failure has one shape and shows no secret."""

import json
from http import HTTPStatus

import pytest
from django.core.exceptions import NON_FIELD_ERRORS
from django.core.exceptions import ValidationError as InvalidModel
from django.core.signals import got_request_exception
from django.test import Client, RequestFactory
from rest_framework.exceptions import (
    NotAuthenticated,
    NotFound,
    Throttled,
    ValidationError,
)
from rest_framework.request import Request

from starterkit_core.db.conflicts import Conflict
from starterkit_core.errors import RESERVED, DomainError, RateLimited
from starterkit_core.http.answers import SAFE_HEADERS
from starterkit_core.http.problems import exception_handler, problem_of
from starterkit_core.observability.context import current

THINGS = "/api/sample/v1/things/"
FAILURES = "/api/sample/v1/failures/"


def assert_problem(response, status, code):
    body = response.json()
    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/problem+json"
    assert body["status"] == status
    assert body["code"] == code
    assert body["type"] == "about:blank"
    assert body["request_id"] == response.headers["X-Request-ID"]
    assert body.keys() >= {"title", "detail", "instance"}


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("missing", 404, "not_found"),
        ("forbidden", 403, "permission_denied"),
        ("suspicious", 400, "bad_request"),
        ("too-big", 413, "body_too_large"),
        ("database", 503, "service_unavailable"),
        ("limited", 429, "rate_limited"),
        ("busy", 503, "service_unavailable"),
        ("bug", 500, "server_error"),
    ],
)
def test_every_failure_has_the_same_shape_and_shows_no_secret(api, kind, status, code):
    api.raise_request_exception = False

    response = api.get(f"{FAILURES}{kind}/")

    assert_problem(response, status, code)
    assert "secret" not in response.content.decode()


def test_has_a_retry_after_header(api):
    api.raise_request_exception = False

    assert api.get(f"{FAILURES}limited/").headers["Retry-After"] == "7"
    assert api.get(f"{FAILURES}database/").headers["Retry-After"] == "5"


def test_reports_a_bug_to_the_log_and_to_error_reporters(api, received, caplog):
    api.raise_request_exception = False
    reports = received(got_request_exception)

    api.get(f"{FAILURES}bug/")

    assert len(reports) == 1
    assert caplog.records[0].exc_info[0] is ZeroDivisionError


def test_too_much_at_once_is_no_fault_and_is_not_reported(
    api, received, caplog, mailbox, settings
):
    settings.ADMINS = ["ada@example.com"]
    reports = received(got_request_exception)

    response = api.get(f"{FAILURES}busy/")

    assert response.headers["Retry-After"] == "7"
    assert (reports, caplog.records, mailbox) == ([], [], [])


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "parse_error"),
        (b"\xff\xfe", "parse_error"),
        (b'{"name": NaN}', "parse_error"),
        (b'{"name": 1e999999999}', "parse_error"),
        (b'{"name": "a", "name": "b"}', "parse_error"),
        (b'{"name": ' + b"[" * 40 + b"]" * 40 + b"}", "parse_error"),
        (b"[" * 100_000, "parse_error"),
        (b'{"name": ' + b"9" * 5000 + b"}", "parse_error"),
        (b"[]", "validation_error"),
        (b"null", "validation_error"),
        (b'"text"', "validation_error"),
        (b'{"name": 7}', "validation_error"),
        (b'{"name": true}', "validation_error"),
        (b'{"name": ["a"]}', "validation_error"),
        (b'{"name": {"a": 1}}', "validation_error"),
        (b'{"name": "a\\u0000b"}', "validation_error"),
        (b'{"name": "a\\ud800b"}', "parse_error"),
        (b'{"name": "a", "kind": "\\ud800"}', "parse_error"),
        (b'{"name": "a", "\\udfff": 1}', "parse_error"),
        (b'{"name": "a", "more": [{"deep": "\\ud800x"}]}', "parse_error"),
        (b'{"more": [' + b"{}," * 200_000 + b"{}]}", "parse_error"),
        (b'{"more": [' + b"[]," * 200_000 + b"[]]}", "parse_error"),
        (b'{"more": [' + b"1," * 400_000 + b"1]}", "parse_error"),
        (b'{"name": "a\\u202eb"}', "validation_error"),
        (b'{"name": "a", "loud": "true"}', "validation_error"),
        (b"", "validation_error"),
    ],
)
@pytest.mark.django_db
def test_refuses_a_malformed_body(client_of, user, body, code):
    response = client_of(user).generic(
        "POST", THINGS, body, content_type="application/json"
    )

    assert_problem(response, HTTPStatus.BAD_REQUEST, code)


@pytest.mark.django_db
def test_a_whole_pair_of_surrogates_is_a_character(client_of, user):
    body = b'{"name": "\\ud83d\\ude00"}'

    response = client_of(user).generic(
        "POST", THINGS, body, content_type="application/json"
    )

    assert response.json()["name"] == "\U0001f600"


@pytest.mark.django_db
def test_lists_twenty_invalid_fields_and_says_so(client_of, user):
    body = {"name": "Lamp", "makers": [{}] * 21}

    response = client_of(user).post(THINGS, body)

    assert len(response.json()["errors"]) == 20
    assert response.json()["detail"].endswith("The first 20 are listed.")


@pytest.mark.django_db
def test_refuses_a_body_that_is_too_long(client_of, user, settings):
    settings.STARTERKIT_CORE = {"MAX_BODY_BYTES": 100}

    response = client_of(user).post(THINGS, {"name": "x" * 101})

    assert_problem(response, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "body_too_large")


@pytest.mark.django_db
def test_refuses_another_media_type_both_ways(client_of, user):
    client = client_of(user)

    sent = client.generic("POST", THINGS, b"a=b", content_type="text/plain")
    wanted = client.get(THINGS, headers={"Accept": "text/html"})

    assert_problem(sent, HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type")
    assert_problem(wanted, HTTPStatus.NOT_ACCEPTABLE, "not_acceptable")


@pytest.mark.django_db
def test_points_at_each_invalid_value(client_of, user):
    body = {"name": "", "makers": [{"name": "Ada"}, {"name": 7}]}

    response = client_of(user).post(THINGS, body)

    assert response.json()["errors"] == [
        {
            "pointer": "/name",
            "code": "blank",
            "detail": "This field may not be blank.",
        },
        {
            "pointer": "/makers/1/name",
            "code": "invalid",
            "detail": "Not a valid string.",
        },
    ]


def test_escapes_names_in_pointers_and_points_at_the_whole_for_general_errors():
    problem = problem_of(
        ValidationError({"a/b~c": ["wrong"], "non_field_errors": ["all wrong"]})
    )

    assert [entry["pointer"] for entry in problem.errors] == ["/a~1b~0c", ""]


@pytest.mark.parametrize("path", ["/api/nothing/", "/api/sample/v1/nothing"])
@pytest.mark.parametrize("debug", [True, False])
def test_answers_for_urls_that_do_not_exist(settings, path, debug):
    settings.DEBUG = debug
    client = Client()

    assert_problem(client.get(path), HTTPStatus.NOT_FOUND, "not_found")


def test_leaves_urls_outside_of_the_api_alone(client):
    response = client.get("/nothing/")

    assert response.status_code == HTTPStatus.NOT_FOUND
    assert response.headers["Content-Type"].startswith("text/html")


def test_answers_for_a_host_name_that_is_not_ours(client, settings):
    settings.ALLOWED_HOSTS = ["ours.example.com"]

    response = client.get(THINGS, headers={"Host": "evil.example.com"})

    assert_problem(response, HTTPStatus.BAD_REQUEST, "bad_request")


def test_hosts_can_use_the_same_shape_for_their_own_views():
    request = Request(RequestFactory().get("/own/"))

    answer = exception_handler(NotFound(), {"request": request})
    limited = exception_handler(Throttled(wait=3.2), {"request": request})
    refused = exception_handler(RateLimited(retry_after=9), {"request": request})

    assert json.loads(json.dumps(answer.data))["code"] == "not_found"
    assert limited.headers["Retry-After"] == "4"
    assert refused.data["code"] == "rate_limited"


def test_leaves_a_bug_of_a_hosts_view_to_django():
    request = Request(RequestFactory().get("/own/"))

    assert exception_handler(ZeroDivisionError(), {"request": request}) is None


def test_points_at_the_page_that_a_project_serves(api, settings):
    settings.STARTERKIT_CORE = {"DOCS_URL": "https://docs.example.com/"}

    problem = api.get("/api/nothing/").json()

    assert problem["type"] == "https://docs.example.com/errors.html#not_found"


def test_a_list_within_a_list_is_still_a_problem():
    problem = problem_of(ValidationError({"names": [["wrong"]]}))

    assert problem.status == HTTPStatus.BAD_REQUEST
    assert [entry["detail"] for entry in problem.errors] == ["wrong"]


@pytest.mark.parametrize(
    ("given", "entries"),
    [
        ("No.", [("", "invalid", "No.")]),
        (InvalidModel("No.", code="closed"), [("", "closed", "No.")]),
        (InvalidModel("%(n)d", params={"n": 7}), [("", "invalid", "7")]),
        ({"name": ["A.", "B."]}, [("/name", "invalid", it) for it in ("A.", "B.")]),
        ({"name": InvalidModel("A.", code="a")}, [("/name", "a", "A.")]),
        ({NON_FIELD_ERRORS: ["A."]}, [("", "invalid", "A.")]),
    ],
)
def test_what_a_model_refuses_is_a_problem_with_its_fields(given, entries):
    problem = problem_of(InvalidModel(given))

    assert problem.status == HTTPStatus.BAD_REQUEST
    assert problem.code == "validation_error"
    found = [(it["pointer"], it["code"], it["detail"]) for it in problem.errors]
    assert found == entries


def test_a_conflict_that_stays_is_answered_as_unavailable():
    assert problem_of(Conflict()).status == HTTPStatus.SERVICE_UNAVAILABLE


def test_an_answer_without_a_view_has_the_headers_of_every_answer():
    response = Client().get("/api/nothing/")

    assert response.headers.items() >= SAFE_HEADERS.items()


def test_the_login_page_of_a_host_is_not_the_answer_of_an_endpoint(settings):
    required = "django.contrib.auth.middleware.LoginRequiredMiddleware"
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, required]

    response = Client().post(THINGS, {}, content_type="application/json")

    assert response.status_code == HTTPStatus.UNAUTHORIZED


def test_the_request_id_is_forgotten_after_the_answer():
    Client().get("/api/nothing/")

    assert not current().request_id


def test_a_status_is_a_plain_number_that_every_renderer_can_write():
    """YAML, in which the OpenAPI document is answered, knows no subclass of int."""
    problem = problem_of(NotAuthenticated())

    body = problem.body(RequestFactory().get("/"))

    assert type(body["status"]) is int


@pytest.mark.parametrize("name", sorted(RESERVED))
def test_no_fact_is_called_like_a_member_that_every_problem_has(name):
    with pytest.raises(TypeError, match=name):
        type("Refusal", (DomainError,), {"example": {name: "lost"}})


def test_every_member_of_a_problem_is_reserved():
    request = RequestFactory().get(THINGS)

    members = problem_of(ValidationError("wrong")).body(request).keys()

    assert members == RESERVED
