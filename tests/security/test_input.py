"""Bodies, queries and paths that are malformed, huge or of the wrong type."""

import json

import pytest
from django.contrib.auth.models import Permission

from starterkit_core.conf import conf
from starterkit_core.db.databases import rows_of
from tests.documented import operations
from tests.security.attacks import (
    AUTH,
    HOSTILE_TEXTS,
    HOSTILE_VALUES,
    JSON,
    PASSWORDS,
    PROBLEM,
    bodied,
    example,
    leaves,
    named,
    replaced,
    send,
    url,
    value_at,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_limits")]

BODIED = pytest.mark.parametrize("operation", bodied(), ids=named)
EVERY = pytest.mark.parametrize("operation", operations(), ids=named)

MALFORMED = {
    "no JSON": b"{",
    "nothing": b"",
    "a list": b"[]",
    "a text": b'"text"',
    "a number": b"1",
    "null": b"null",
    "a name twice": b'{"email": "a@example.com", "email": "b@example.com"}',
    "not a number": b'{"email": NaN}',
    "infinity": b'{"email": -Infinity}',
    "an exponent": b'{"email": 1e999999999}',
    "many digits": b'{"email": ' + b"9" * 10_000 + b"}",
    "no UTF-8": b'{"email": "\xff\xfe"}',
    "UTF-16": '{"email": "a@example.com"}'.encode("utf-16"),
    "nested": b'{"email": ' + b"[" * 40 + b"]" * 40 + b"}",
    "nested deeper": b"[" * 100_000 + b"]" * 100_000,
}

KINDS = (
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "text/plain",
    "application/xml",
    "application/x-yaml",
    "application/x-python-pickle",
    "x" * 5_000,
    "\xe9/\xff",
)

UNKNOWN = ("%00=%00", "limit[]=1")
QUERIES = (
    *UNKNOWN,
    "cursor=%00",
    "cursor=" + "x" * 7_000,
    "cursor=%ED%A0%80",
    "cursor=a&cursor=b",
    "limit=-1",
    "limit=0",
    "limit=101",
    "limit=1e3",
    "limit=99999999999999999999",
    "limit=%D9%A1%00",
    "limit=",
    "count=all",
    "a&" * 1_500,
)

HEADERS = (
    {"HTTP_ACCEPT_LANGUAGE": "x" * 20_000},
    {"HTTP_ACCEPT_LANGUAGE": "en\x00\xe9;q=\xff"},
    {"HTTP_USER_AGENT": "\x00\x1b[31m\xff" * 2_000},
    {"HTTP_X_REQUEST_ID": "a\r\nSet-Cookie: a=b"},
    {"HTTP_ACCEPT": "\x00"},
    {"HTTP_ACCEPT": "application/json;" + "q=1;" * 3_000},
    {"HTTP_COOKIE": "\xff=\x00; =; ;;; __Host-starterkit"},
    {"HTTP_ORIGIN": "http://[::1"},
    {"HTTP_IF_NONE_MATCH": '"\xff' * 500},
    {"HTTP_X_FORWARDED_FOR": "\x00," * 500},
    {"CONTENT_LENGTH": "-1"},
    {"CONTENT_LENGTH": "many"},
)


@pytest.fixture
def caller(make_member, open_for):
    return open_for(make_member(is_superuser=True)).caller


def refused(answer):
    """Return whether an answer is a clean refusal of a body."""
    problem = answer.json()
    return (
        answer.status_code == 400
        and answer["Content-Type"] == PROBLEM
        and problem["status"] == 400
        and problem["code"] in {"validation_error", "parse_error"}
    )


@BODIED
def test_a_malformed_body_is_refused(caller, operation):
    for name, body in MALFORMED.items():
        answer = send(caller, operation, body)
        nothing = name == "nothing" and not needs_a_field(operation)
        assert refused(answer) or nothing, (name, answer.content)


def needs_a_field(operation):
    """Return whether an empty body is refused; a change may have no field."""
    fields = operation.view.request_class().fields.values()
    return operation.method != "patch" and any(field.required for field in fields)


@BODIED
def test_no_other_type_is_taken_for_the_right_one(caller, operation):
    right = example(operation)
    for place in leaves(right):
        for name, value in HOSTILE_VALUES.items():
            if type(value) is type(value_at(right, place)):
                continue
            answer = send(caller, operation, replaced(right, place, value))
            # These fields may be null: it resets, or is for ever.
            may_be_null = "preferences" in operation.path or place == ("until",)
            reset = name == "null" and may_be_null
            assert refused(answer) or reset, (place, name, answer.content)


@BODIED
def test_text_that_the_database_cannot_hold_is_refused(caller, operation):
    right = example(operation)
    for place in leaves(right):
        for name, text in HOSTILE_TEXTS.items():
            if place[-1] in PASSWORDS and name in {"escape", "turned around"}:
                continue  # a password may have any character that can be stored
            answer = send(caller, operation, replaced(right, place, text))
            assert refused(answer), (place, name, answer.content)


@BODIED
def test_a_body_is_not_read_to_its_end_when_it_is_too_long(caller, operation):
    body = json.dumps(example(operation) | {"more": "x" * conf.MAX_BODY_BYTES})

    answer = send(caller, operation, body.encode())

    assert answer.status_code == 413
    assert answer.json()["code"] == "body_too_large"


@BODIED
def test_only_json_is_read(caller, operation):
    body = json.dumps(example(operation)).encode()

    for kind in KINDS:
        answer = caller.generic(operation.method.upper(), url(operation), body, kind)
        assert answer.status_code == 415, kind
        assert answer.json()["code"] == "unsupported_media_type"


@BODIED
def test_a_refusal_does_not_repeat_the_value(caller, operation):
    right = example(operation)
    for place in leaves(right):
        secret = "s3cr3t-" * 1_000
        answer = send(caller, operation, replaced(right, place, secret))
        assert b"s3cr3t" not in answer.content, place


@EVERY
def test_no_query_string_causes_a_server_error(caller, member, operation):
    permissions = rows_of(Permission).filter(codename__startswith="view_")
    member.user_permissions.add(*permissions)
    for query in QUERIES:
        address = f"{url(operation)}?{query}"
        answer = caller.generic(operation.method.upper(), address, b"{}", JSON)
        assert answer.status_code < 500, query
        is_missing = "{" in operation.path and answer.status_code == 404
        ignored = not operation.view.paginated or query in UNKNOWN or is_missing
        assert ignored or answer.status_code == 400, query


@pytest.mark.parametrize(
    "path",
    [
        "sessions/%00/",
        "sessions/../../admin/",
        "sessions/%ff%fe/",
        "sessions/%ED%A0%80/",
        "sessions/0199f0a3/",
        "sessions/" + "1" * 40 + "/",
        "sessions/" + "x" * 7_000 + "/",
        "%00",
        "session//",
        "session/;a=b/",
        "Session/",
    ],
)
def test_a_path_that_leads_nowhere_is_a_problem_document(caller, path):
    answer = caller.generic("DELETE", AUTH + path)

    assert answer.status_code == 404
    assert answer["Content-Type"] == PROBLEM
    assert answer.json()["code"] == "not_found"


@EVERY
def test_no_header_causes_a_server_error(caller, operation):
    body = json.dumps(example(operation)).encode() if operation in bodied() else b""
    call = [operation.method.upper(), url(operation), body, JSON]

    for header in HEADERS:
        answer = caller.generic(*call, **header)
        assert answer.status_code < 500, header
        assert "Set-Cookie: a" not in str(answer.headers)
