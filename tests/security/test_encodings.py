"""Text that cannot be encoded or stored: 400 and a problem, for every operation."""

import json

import pytest
from rest_framework import serializers
from rest_framework.exceptions import ParseError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from starterkit_auth.v1.session.post.serializers import SignInRequest
from starterkit_core.http.problems import exception_handler
from tests.documented import operations, resolved
from tests.security.attacks import (
    JSON,
    PROBLEM,
    bodied,
    example,
    leaves,
    named,
    replaced,
    send,
    url,
)
from tests.security.conftest import COOKIE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_limits")]

BODIED = pytest.mark.parametrize("operation", bodied(), ids=named)
EVERY = pytest.mark.parametrize("operation", operations(), ids=named)

HALVES = ("\ud800", "a\udfffb")
"""Halves of surrogate pairs, which JSON can write and UTF-8 cannot."""

BYTES = ("%00", "a%00b", "%ED%A0%80", "%ff%fe", "%C0%80", "%F4%90%80%80", "%", "%u0000")
"""The same, and what else is no text, as a query or a path has it."""

RAW = (
    "\x00",
    "a\x00b",
    "\xed\xa0\x80",
    "\xff\xfe",
    "\xc0\x80",
    "\x85",
    "\x1b[31m",
    "\t",
)
"""The same as a header has it: WSGI servers hand out its bytes as Latin-1."""

HEADERS = (
    "ACCEPT",
    "ACCEPT_LANGUAGE",
    "AUTHORIZATION",
    "CONTENT_TYPE",
    "COOKIE",
    "HOST",
    "IF_NONE_MATCH",
    "ORIGIN",
    "REFERER",
    "SEC_FETCH_SITE",
    "USER_AGENT",
    "X_CSRFTOKEN",
    "X_FORWARDED_FOR",
    "X_FORWARDED_HOST",
    "X_FORWARDED_PROTO",
    "X_REQUEST_ID",
)

HOSTS_KEY = "starterkit_auth.v1.session.post"


@pytest.fixture
def caller(make_member, open_for):
    return open_for(make_member(is_superuser=True)).caller


def is_ours(answer):
    """Return whether an answer can be read, is JSON or a table, and no server error."""
    if answer.status_code in {204, 304}:
        return not answer.content
    answer.getvalue().decode()
    forms = {JSON, PROBLEM, *(["text/csv"] if answer.streaming else [])}
    return answer.status_code < 500 and answer["Content-Type"] in forms


def is_refusal(answer):
    codes = {"parse_error", "validation_error"}
    return (
        is_ours(answer) and answer.status_code == 400 and answer.json()["code"] in codes
    )


@BODIED
def test_half_a_pair_in_any_value_is_refused(caller, operation):
    right = example(operation)
    for place in leaves(right):
        for half in HALVES:
            for value in (half, [half], {"a": [half]}, {half: 1}):
                answer = send(caller, operation, replaced(right, place, value))
                assert is_refusal(answer), (place, value, answer.content)


@BODIED
@pytest.mark.parametrize("name", [*HALVES, "\0", "a\0b"])
def test_a_name_that_is_no_text_is_refused(caller, operation, name):
    right = example(operation)

    for extra in ({name: 1}, {"more": {name: 1}}, {"more": [{"a": {name: []}}]}):
        answer = send(caller, operation, right | extra)
        assert is_refusal(answer), (extra, answer.content)


@EVERY
def test_no_parameter_causes_a_server_error(caller, operation):
    for name, place in parameters(operation):
        for value in BYTES:
            path = operation.path.replace(f"{{{name}}}", value)
            address = f"{path}?{name}={value}" if place == "query" else path
            answer = caller.generic(operation.method.upper(), address, b"{}", JSON)
            assert is_ours(answer), (name, value, answer.status_code)
            # Django reads it as replacement characters, which are text to look for;
            # test_input.py sends it as a cursor.
            is_text = place == "query" and "%00" not in value
            assert answer.status_code >= 400 or is_text, (name, value)


@EVERY
def test_no_name_of_a_parameter_causes_a_server_error(caller, operation):
    for name in BYTES:
        address = f"{url(operation)}?{name}={name}&{name}"
        answer = caller.generic(operation.method.upper(), address, b"{}", JSON)
        assert is_ours(answer), (name, answer.content)


@EVERY
def test_no_header_causes_a_server_error(caller, operation):
    body = json.dumps(example(operation)).encode() if operation in bodied() else b""
    call = [operation.method.upper(), url(operation), body]

    for name in {*HEADERS, *headers(operation)}:
        for value in RAW:
            kind = f"{JSON};{value}" if name == "CONTENT_TYPE" else JSON
            answer = caller.generic(*call, kind, **{f"HTTP_{name}": value})
            assert is_ours(answer), (name, value, answer.status_code)


@EVERY
def test_no_cookie_causes_a_server_error(api, operation):
    body = json.dumps(example(operation)).encode() if operation in bodied() else b""
    call = [operation.method.upper(), url(operation), body, JSON]

    for value in (*RAW, *(f'"{value}"' for value in RAW), '"\\355\\240\\200\\000"'):
        for name in (COOKIE, "sessionid", "csrftoken", "django_language", value):
            answer = api.generic(*call, HTTP_COOKIE=f"{name}={value}")
            assert is_ours(answer), (name, value, answer.content)


class HostsSignIn(SignInRequest):
    """Fields of DRF, each of which repeats or keeps what it was sent."""

    choice = serializers.ChoiceField(["a"], required=False)
    choices = serializers.MultipleChoiceField(choices=["a"], required=False)
    text = serializers.CharField(required=False)
    labels = serializers.DictField(required=False)
    loose = serializers.ListField(required=False)
    anything = serializers.JSONField(required=False)
    packed = serializers.JSONField(required=False, binary=True)
    moment = serializers.DateTimeField(required=False)
    number = serializers.DecimalField(9, 2, required=False)
    link = serializers.URLField(required=False)
    flag = serializers.BooleanField(required=False)


@pytest.mark.parametrize("half", HALVES)
@pytest.mark.parametrize("name", [*HostsSignIn().fields])
def test_no_field_of_a_host_repeats_or_keeps_half_a_pair(api, hosts, name, half):
    for value in (half, [half], {"a": half}, {half: "a"}, json.dumps(half)):
        body = json.dumps({name: value}).encode()
        answer = api.generic("POST", "/api/auth/v1/session/", body, JSON)
        kept = name != "packed" and value == json.dumps(half)  # only a backslash
        assert is_refusal(answer) or kept, (value, answer.content)


@pytest.fixture
def hosts(settings):
    request = {"request": f"{__name__}.HostsSignIn"}
    settings.STARTERKIT_OVERRIDES = {HOSTS_KEY: request}


def test_the_handler_for_views_of_a_host_repeats_no_half_of_a_pair():
    request = Request(APIRequestFactory().get("/own/"))
    refusals = [
        ParseError("\ud800 is wrong"),
        serializers.ValidationError({"\ud800": ["\udfff is wrong"]}),
    ]

    for refusal in refusals:
        answer = exception_handler(refusal, {"request": request})
        assert answer.status_code == 400
        assert b"? is wrong" in JSONRenderer().render(answer.data)


def parameters(operation):
    """Return name and place of what the document says about path and query."""
    found = [resolved(it) for it in operation.content.get("parameters", [])]
    return [(it["name"], it["in"]) for it in found if it["in"] in {"path", "query"}]


def headers(operation):
    found = [resolved(it) for it in operation.content.get("parameters", [])]
    names = [it["name"] for it in found if it["in"] == "header"]
    return [name.upper().replace("-", "_") for name in names]
