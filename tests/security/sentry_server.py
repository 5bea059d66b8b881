"""A Sentry for tests: takes envelopes over HTTP, as strictly as GlitchTip and Bugsink.

GlitchTip stops reading an envelope at an item whose type it does not know, and loses
members of an event that have another shape than it expects; Bugsink of old took
envelopes with one item only. Here each of these is a complaint.
"""

import gzip
import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

KEY = "0123456789abcdef0123456789abcdef"
"""The public key in the DSN."""

TYPES = {"event", "transaction"}
"""The types of items that each of them takes."""

TEXTS = ("level", "logger", "transaction", "release", "environment", "server_name")
SECONDS = 10


class SentryServer:
    """What arrived, and what the servers above would object to."""

    def __init__(self) -> None:
        self.said: list[str] = []
        """The decompressed bodies of all requests, as text."""

        self.events: list[dict[str, Any]] = []
        self.transactions: list[dict[str, Any]] = []
        self.complaints: list[str] = []
        self.status, self.headers = 200, {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def dsn(self) -> str:
        return f"http://{KEY}@127.0.0.1:{self._server.server_port}/7"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def forget(self) -> None:
        """Forget what arrived."""
        for kept in (self.said, self.events, self.transactions, self.complaints):
            kept.clear()

    def wait_for(self, done: Callable[["SentryServer"], Any]) -> Any:
        """Return what ``done`` returns as soon as that is true, or after a while."""
        deadline = time.monotonic() + SECONDS
        while not (found := done(self)) and time.monotonic() < deadline:
            time.sleep(0.05)
        return found

    def event_of(self, request_id: str) -> dict[str, Any]:
        """Return the event with this request id; wait for it."""
        found = self.wait_for(lambda it: it.of(it.events, request_id))
        if not found:
            raise AssertionError(f"{request_id}: no event. {self.complaints}")
        return found[0]

    def of(self, items: list[dict[str, Any]], request_id: str) -> list[dict[str, Any]]:
        """Return those of the items that have this request id."""
        return [
            it for it in items if (it.get("tags") or {}).get("request_id") == request_id
        ]

    def take(self, path: str, auth: str, encoding: str, body: bytes) -> None:
        if encoding == "gzip":
            body = gzip.decompress(body)
        self.said.append(body.decode())
        self._check(path == "/api/7/envelope/", f"path {path}")
        self._check(f"sentry_key={KEY}" in auth, f"authentication {auth}")
        header, *items = body.split(b"\n")
        self._check(_is_uuid(json.loads(header).get("event_id")), "no id of the event")
        pairs = [(items[at], items[at + 1]) for at in range(0, len(items) - 1, 2)]
        self._check(len(pairs) == 1, f"{len(pairs)} items")
        for head, payload in pairs:
            self._item(json.loads(head), payload)

    def _item(self, head: dict[str, Any], payload: bytes) -> None:
        self._check(head["type"] in TYPES, f"item {head['type']}")
        self._check(head["length"] == len(payload), "length of the payload")
        item = json.loads(payload)
        is_event = head["type"] == "event"
        (self.events if is_event else self.transactions).append(item)
        for name in objections(item):
            self.complaints.append(f"{head['type']}: {name} {item.get(name)!r:.300}")

    def _check(self, met: bool, complaint: str) -> None:  # noqa: FBT001  # as an assertion
        if not met:
            self.complaints.append(complaint)

    def _handler(server) -> Any:  # noqa: N805  # ``self`` is the handler's
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                auth = self.headers.get("X-Sentry-Auth", "")
                encoding = self.headers.get("Content-Encoding", "")
                try:
                    server.take(self.path, auth, encoding, body)
                except Exception as error:  # noqa: BLE001  # what it is, a test shows
                    server.complaints.append(repr(error))
                self.send_response(server.status)
                for name, value in server.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, *_: Any) -> None:
                """Keep the output of the tests clean."""

        return Handler


def objections(item: dict[str, Any]) -> list[str]:
    """Return the members whose shape GlitchTip does not take."""
    return [name for name, fits in SHAPES.items() if not fits(item.get(name))]


def _is_of_texts(found: Any) -> bool:
    return isinstance(found, dict) and all(
        isinstance(text, (str, type(None))) for pair in found.items() for text in pair
    )


def _is_uuid(text: Any) -> bool:
    return bool(re.fullmatch("[0-9a-f]{32}", str(text)))


def _is_text(found: Any) -> bool:
    return isinstance(found, (str, type(None)))


def _is_object(found: Any) -> bool:
    return isinstance(found, (dict, type(None)))


def _is_request(found: Any) -> bool:
    return found is None or _is_of_texts(found.get("headers") or {})


def _is_list(found: Any) -> bool:
    """Return whether it is a list of objects under ``values``, or none."""
    values = [] if found is None else found["values"]
    return isinstance(values, list) and all(isinstance(it, dict) for it in values)


def _are_exceptions(found: Any) -> bool:
    members = {"type", "value", "stacktrace"}
    return _is_list(found) and all(
        members <= it.keys() for it in (found or {"values": []})["values"]
    )


SHAPES: dict[str, Callable[[Any], bool]] = {
    **dict.fromkeys(TEXTS, _is_text),
    **dict.fromkeys(("user", "extra", "contexts", "sdk"), _is_object),
    **dict.fromkeys(("tags", "modules"), lambda it: _is_of_texts(it or {})),
    "event_id": _is_uuid,
    "request": _is_request,
    "breadcrumbs": _is_list,
    "exception": _are_exceptions,
}


@contextmanager
def sentry_server() -> Iterator[SentryServer]:
    """A server on a free port, which is always stopped."""
    server = SentryServer()
    try:
        yield server
    finally:
        server.close()
