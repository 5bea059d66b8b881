"""The most expensive request of the allowed size costs little CPU, for every operation.

The passwords of the tests have a cheap hash, so what is measured is all the rest.
"""

import json
import time
from functools import cache, partial

import pytest
from django.contrib.auth import get_user_model
from rest_framework import serializers

from starterkit_core.conf import conf
from starterkit_core.http.shapes import LONG_TEXT
from tests.documented import operations
from tests.sample.v1.things.post.serializers import CreateThingRequest
from tests.security.attacks import (
    JSON,
    bodied,
    example,
    leaves,
    named,
    replaced,
    send,
    url,
)

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.slow,
    pytest.mark.usefixtures("no_limits"),
]

BODIED = pytest.mark.parametrize("operation", bodied(), ids=named)
EVERY = pytest.mark.parametrize("operation", operations(), ids=named)

MOST = 0.05
"""CPU seconds that a request may cost on the machine of ``USUAL``."""

USUAL = 0.006
"""CPU seconds that ``calibration()`` takes there; on a slower one all gets more."""

LONGEST_ANSWER = 16_000
"""Longest answer to such a body, in bytes."""

HEADER = 8_190
"""Longest header that gunicorn lets through, in bytes; nginx takes as many."""


def filled(unit, before, after, most=None):
    """Return as many of ``unit`` as fit into the longest body."""
    room = (conf.MAX_BODY_BYTES - len(before) - len(after)) // len(unit)
    return before + unit * min(room, most or room) + after


def text(unit):
    """Return a text that fills the longest body, if UTF-8 writes it."""
    return unit * ((conf.MAX_BODY_BYTES - 5_000) // len(unit.encode()))


BODIES = {
    "empty objects": filled(b"{},", b'{"a":[', b"{}]}"),
    "empty lists": filled(b"[],", b'{"a":[', b"[]]}"),
    "digits": filled(b"1,", b'{"a":[', b"1]}"),
    "fractions": filled(b"1.5,", b'{"a":[', b"1]}"),
    "texts": filled(b'"",', b'{"a":[', b'""]}'),
    "texts in a row": filled(b'""', b'{"a":', b"}"),
    "one name again": filled(b'"a":1,', b"{", b'"a":1}'),
    "many names": json.dumps(dict.fromkeys(map(str, range(80_000)), 1)).encode(),
    "deep lists": filled(b"[", b"", b""),
    "closed lists": filled(b"]", b"", b""),
    "deep objects": filled(b'{"a":', b"", b""),
    "an integer": filled(b"9", b'{"a":', b"}"),
    "a fraction": filled(b"9", b'{"a":0.', b"}"),
    "long integers": filled(b"9" * 4_000 + b",", b'{"a":[', b"1]}"),
    "integers": filled(b"9" * 990 + b",", b'{"a":[', b"1]}", 990),
    "long fractions": filled(b"0." + b"9" * 990 + b",", b'{"a":[', b"1]}", 990),
    "a text": filled(b"x", b'{"a":"', b'"}'),
    "a name": filled(b"x", b'{"', b'":1}'),
    "long names": filled(b"x" * 9_000 + b'":1,"', b'{"', b'":1}'),
    "a name like secrets": filled(b"codes_api", b'{"', b'":1}'),
    "escapes": filled(b"\\n", b'{"a":"', b'"}'),
    "escaped and not": filled(b"\\na", b'{"a":"', b'"}'),
    "an open text": filled(b"\\\\", b'{"a":"', b""),
    "marks": filled(b"\\u0301", b'{"a":"', b'"}'),
    "pairs": filled(b"\\ud83d\\ude00", b'{"a":"', b'"}'),
    "half pairs": filled(b"\\ud83d", b'{"a":"', b'"}'),
    "spaces": filled(b" ", b"{", b"}"),
    "spaces and an error": filled(b"\n", b"{}", b"x"),
    "no UTF-8": filled(b"x", b'{"a":"', b"\xff"),
}

MULTIPART = "multipart/form-data; boundary=x"
PARTS = filled(
    b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n', b"", b"--x--"
)

TEXTS = {
    "letters": text("x"),
    "spaces": text(" "),
    "spaces within": "x" + text(" ") + "x",
    "digits": text("1"),
    "dots": text("a."),
    "ats": text("@"),
    "an address": "a@" + text("a."),
    "a quoted address": '"' + text("/a") + '"@example.com',
    "a hyphenated address": "a@" + text("-"),
    "marks": "a" + text("\u0301"),
    "marks out of order": "a" + text("\u0316\u0301\u0315"),
    "wide signs": text("\ufdfa"),
    "jamo": text("\u1100\u1161"),
    "emojis": text("\U0001f600"),
    "turned around": text("\u202e"),
    "an id": text("0199f0a3-"),
}
"""Texts as long as the body, for each field."""

LISTS = {
    "empty objects": [{}] * 900,
    "full objects": [{name: {} for name in "abcdefgh"}] * 100,
    "empty texts": [""] * 900,
    "lists": [[]] * 900,
    "texts": ["x" * 1_000] * 900,
}
"""Lists that have as many values as a body may have."""

HEADERS = {
    "ACCEPT": "a/b,",
    "ACCEPT_LANGUAGE": "en-a,",
    "AUTHORIZATION": "Bearer ",
    "COOKIE": "a=b;",
    "CONTENT_TYPE": "a/b;",
    "HOST": "a.",
    "IF_NONE_MATCH": '"a",',
    "ORIGIN": "http://[",
    "REFERER": "http://[",
    "SEC_FETCH_SITE": "none,",
    "USER_AGENT": "\x00\xff(",
    "X_FORWARDED_FOR": "1.1,",
    "X_FORWARDED_PROTO": "https,",
    "X_REQUEST_ID": "a-",
}
"""What the longest header is filled with."""

QUERIES = ("a&", "limit=1&", "cursor=.", "cursor=%ED%A0%80", "count=%00", "%", "=&")
"""What the longest query string is filled with."""


@cache
def calibration():
    """Return the CPU seconds of a piece of work on this machine."""
    return min(cpu(lambda: json.dumps([*range(50_000)]).split(", ")) for _ in range(5))


def cpu(work):
    begin = time.process_time()
    work()
    return time.process_time() - begin


def cheap(work):
    """Return what ``work`` returns, or None if each of three runs costs too much.

    The machine of a test has other things to do, which makes a run dearer.
    """
    most = MOST * max(1, calibration() / USUAL)
    for _ in range(3):
        begin = time.process_time()
        result = work()
        if time.process_time() - begin <= most:
            return result
    return None


def expensive(operation):
    """Yield name and body of all that is tried, each as long as a body may be."""
    yield from BODIES.items()
    right = example(operation)
    for place in places(operation, right):
        for name, value in (TEXTS | LISTS).items():
            sent = replaced(right, place, value)
            yield f"{place}: {name}", json.dumps(sent, ensure_ascii=False).encode()
    sent = dict.fromkeys(fields_of(operation), "a." * (LONG_TEXT // 2))
    yield "all that the validators see", json.dumps(sent).encode()


def places(operation, right):
    """Return each place of the example, and the fields that it leaves out."""
    return {*leaves(right), *((name,) for name in fields_of(operation))}


def fields_of(operation):
    return operation.view.active_request()().fields


@pytest.fixture
def caller(make_member, open_for):
    return open_for(make_member(is_superuser=True)).caller


@BODIED
def test_the_most_expensive_body_costs_little(caller, operation):
    for name, body in expensive(operation):
        assert len(body) <= conf.MAX_BODY_BYTES, name
        answer = cheap(partial(send, caller, operation, body))
        assert answer, name
        assert answer.status_code < 500, name
        assert len(answer.content) <= LONGEST_ANSWER, name


@BODIED
@pytest.mark.usefixtures("no_cache")
def test_such_a_body_reaches_neither_a_limiter_nor_the_database(
    api, operation, django_assert_num_queries
):
    for name, body in expensive(operation):
        with django_assert_num_queries(0):
            answer = send(api, operation, body)
        assert answer.status_code in {400, 401}, name


def test_a_list_of_a_host_costs_little(caller, settings):
    key = "tests.sample.v1.things.post"
    settings.STARTERKIT_OVERRIDES = {key: {"request": f"{__name__}.HostsRequest"}}

    for field in HostsRequest().fields:
        for name, value in LISTS.items():
            body = json.dumps({"name": "Lamp", field: value}).encode()
            work = partial(caller.generic, "POST", "/api/sample/v1/things/", body, JSON)
            answer = cheap(work)
            assert answer, (field, name)
            assert len(answer.content) <= LONGEST_ANSWER, (field, name)


class Part(serializers.Serializer):
    a = serializers.CharField()
    b = serializers.IntegerField()
    c = serializers.DateTimeField()
    d = serializers.DecimalField(9, 2)
    e = serializers.EmailField()
    f = serializers.URLField()


class HostsRequest(CreateThingRequest):
    """Lists of DRF, none of which says how long it may be."""

    parts = Part(many=True, required=False)
    words = serializers.ListField(child=serializers.CharField(), required=False)
    lists = serializers.ListField(child=serializers.ListField(), required=False)
    mails = serializers.ListField(child=serializers.EmailField(), required=False)
    labels = serializers.DictField(child=Part(), required=False)
    choices = serializers.MultipleChoiceField(choices=["a"], required=False)
    anything = serializers.JSONField(required=False)
    people = serializers.SlugRelatedField(
        "email", many=True, required=False, queryset=get_user_model().objects.all()
    )


@EVERY
def test_the_longest_header_costs_little(caller, operation):
    body = json.dumps(example(operation)).encode() if operation in bodied() else b""
    call = [operation.method.upper(), url(operation), body]

    for name, unit in HEADERS.items():
        value = (unit * HEADER)[:HEADER]
        kind = value if name == "CONTENT_TYPE" else JSON
        header = {f"HTTP_{name}": value}
        assert cheap(partial(caller.generic, *call, kind, **header)), name


@EVERY
def test_the_longest_query_costs_little(caller, operation):
    for unit in QUERIES:
        query = (unit * HEADER)[:HEADER]
        address = f"{url(operation)}?{query}"
        call = [operation.method.upper(), address, b"{}", JSON]
        assert cheap(partial(caller.generic, *call)), unit


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", MULTIPART])
@BODIED
def test_no_form_is_read(caller, operation, kind):
    body = filled(b"a=b&", b"", b"") if kind != MULTIPART else PARTS
    call = [operation.method.upper(), url(operation), body, kind]

    assert caller.generic(*call).status_code == 415
    assert cheap(partial(caller.generic, *call))
