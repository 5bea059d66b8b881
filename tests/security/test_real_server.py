"""Bodies and headers as a real server passes them on."""

import json
import os
import socket
import sys
from contextlib import closing
from http.client import HTTPResponse

import pytest

from tests.processes import python_path
from tests.running_server import free_port, running, wait_for
from tests.security.attacks import AUTH

APPLICATION = "django.core.wsgi:get_wsgi_application()"
CHUNK = b'{"email": "ada@example.com"}'

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name == "nt", reason="gunicorn needs POSIX"),
]


@pytest.fixture(scope="module")
def port(tmp_path_factory):
    """The port of the test project under gunicorn; these requests need no table."""
    pytest.importorskip("gunicorn")
    port, folder = free_port(), tmp_path_factory.mktemp("server")
    text = "from tests.settings import *\nALLOWED_HOSTS = ['localhost']\n"
    (folder / "served.py").write_text(text, "utf-8")
    log = folder / "log"
    program = [sys.executable, "-m", "gunicorn", "--threads=2", f"-b127.0.0.1:{port}"]
    ours = {"PYTHONPATH": python_path(folder), "DJANGO_SETTINGS_MODULE": "served"}
    env = os.environ | ours
    with running([*program, APPLICATION], folder, log, env) as server:
        wait_for(server, port, log)
        yield port


def answer_to(port, *parts):
    """Send ``parts`` and no more; return status and problem of the answer."""
    with closing(socket.create_connection(("127.0.0.1", port), timeout=5)) as link:
        for part in parts:
            link.sendall(part)
        answer = HTTPResponse(link)
        answer.begin()
        return answer.status, json.load(answer)["code"]


def head_of(method, path, *lines):
    first = f"{method} {path} HTTP/1.1"
    return "\r\n".join([first, "Host: localhost", *lines, "", ""]).encode()


def test_a_body_in_chunks_is_refused_rather_than_taken_for_none(port):
    lines = ["Content-Type: application/json", "Transfer-Encoding: chunked"]
    body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(CHUNK), CHUNK)

    answer = answer_to(port, head_of("POST", f"{AUTH}session/", *lines), body)

    assert answer == (411, "length_required")


@pytest.mark.parametrize(
    ("kind", "refusal"),
    [
        ("multipart/form-data; boundary=x", (415, "unsupported_media_type")),
        ("application/x-www-form-urlencoded", (415, "unsupported_media_type")),
        ("text/xml", (415, "unsupported_media_type")),
    ],
)
def test_another_body_is_refused_before_it_has_come(port, kind, refusal):
    lines = [f"Content-Type: {kind}", "Content-Length: 1000000000"]

    answer = answer_to(port, head_of("POST", f"{AUTH}session/", *lines), b"x" * 1_000)

    assert answer == refusal


def test_a_long_body_is_refused_before_its_end_has_come(port):
    lines = ["Content-Type: application/json", "Content-Length: 1000000000"]
    most = b'"' + b"x" * 1_000_000

    answer = answer_to(port, head_of("POST", f"{AUTH}session/", *lines), most)

    assert answer == (413, "body_too_large")


def test_headers_that_the_server_takes_are_bounded_together(port):
    lines = [f"X-{number}: {'x' * 8_000}" for number in range(5)]

    answer = answer_to(port, head_of("GET", f"{AUTH}config/", *lines))

    assert answer == (431, "headers_too_large")
