"""Conditional requests: ``ETag``, ``If-Match``, ``If-None-Match`` (RFC 9110, 13).

A tag is a hash of what GET answers, so it needs no column and changes with whatever a
client can see. What changes by itself, such as the date of the last visit, has a hash
of its own after a dot: it makes a copy of the client outdated, but it is no reason to
refuse a change, so ``If-Match`` compares what stands before the dot.
"""

import hashlib
import re
from collections.abc import Collection
from contextlib import suppress
from typing import Any, Protocol

from django.core.exceptions import ImproperlyConfigured
from django.http.response import HttpResponseBase
from rest_framework.request import Request

from starterkit_core.errors import InvalidPrecondition, PreconditionFailed
from starterkit_core.http.answers import Answer
from starterkit_core.http.renderers import JSONRenderer

JSON = JSONRenderer()
"""It has no state, so requests share it."""

SAFE = frozenset({"GET", "HEAD"})

_TAG = r'(?:W/)?"[!#-~\x80-\xff]*"'

LIST = re.compile(rf"(?:[ \t,]*{_TAG}(?=[ \t]*(?:,|$)))+[ \t,]*")
"""One tag or more (8.8.3, 5.6.1.2); bounded, as each part begins with its own sign."""

EACH = re.compile(_TAG)

ANY = frozenset({"*"})

HEADERS = ("If-Match", "If-None-Match")


class View(Protocol):
    """What this needs of an endpoint view."""

    @property
    def request(self) -> Request: ...

    def entity_tag(self, instance: object, data: Any = None) -> str: ...


def tag_of(data: Any, volatile: Collection[str] = ()) -> str:
    """Return the strong tag of an answer; ``volatile`` are members of it."""
    members = data if isinstance(data, dict) else {}
    moving = {name: members[name] for name in volatile if name in members}
    if not moving:
        return f'"{_hash(data)}"'
    state = {name: members[name] for name in members if name not in moving}
    return f'"{_hash(state)}.{_hash(moving)}"'


def tags_in(header: str) -> frozenset[str]:
    """Return the tags of a header, or ``ANY``; empty if it is malformed."""
    if header.strip(" \t") == "*":
        return ANY
    return frozenset(EACH.findall(header) if LIST.fullmatch(header) else ())


def is_known(request: Request, tag: str) -> bool:
    """Return whether ``If-None-Match`` has the tag: the client has the answer.

    A malformed header is like none: the answer is longer than needed, but right.
    """
    known = tags_in(request.headers.get("If-None-Match", ""))
    return known == ANY or _opaque(tag) in map(_opaque, known)


def check_match(request: Request, tag: str) -> None:
    """Refuse a request whose ``If-Match`` does not have the tag.

    A weak tag matches none (13.1.1). A malformed header is refused and not ignored: its
    sender relies on that no change of another device is lost.

    Raises:
        InvalidPrecondition: the header is malformed.
        PreconditionFailed: the state is another one.
    """
    header = request.headers.get("If-Match")
    if header is None:
        return
    if not (wanted := tags_in(header)):
        raise InvalidPrecondition
    strong = (_state(it) for it in wanted if not it.startswith("W/"))
    if wanted != ANY and _state(tag) not in strong:
        raise PreconditionFailed


class Preconditions:
    """What the headers of one request demand of the row that it reads or changes."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.is_asked = False

    def __call__(self, row: Any) -> None:
        """Refuse to change ``row``, which is locked and as saved.

        Raises:
            InvalidPrecondition: ``If-Match`` is malformed.
            PreconditionFailed: it is not as the client has read it.
        """
        self.is_asked = True
        if self._are_given():
            tag = self.view.entity_tag(row)
            check_match(self.view.request, tag)
            if is_known(self.view.request, tag):
                raise PreconditionFailed

    def headers(self, instance: object, data: Any) -> dict[str, str]:
        """Return the tag of the row that was read or changed, if there still is one.

        Raises:
            ImproperlyConfigured: it was changed without a look at the headers.
        """
        is_read = self.view.request.method in SAFE
        if not is_read and not self.is_asked and self._are_given():
            raise ImproperlyConfigured(
                f"{type(self.view).__qualname__} is conditional, but its use case has "
                "not given the locked row to the precondition of its input."
            )
        if instance is None:
            return {}
        return {"ETag": self.view.entity_tag(instance, data)}

    def are_met_by_client(self, tag: str) -> bool:
        """Return whether the client has the answer to its GET already.

        Raises:
            PreconditionFailed: ``If-Match`` demands another state.
        """
        request = self.view.request
        if request.method not in SAFE:
            return False
        with suppress(InvalidPrecondition):  # a read loses no change of another device
            check_match(request, tag)
        return is_known(request, tag)

    def _are_given(self) -> bool:
        return any(it in self.view.request.headers for it in HEADERS)


def keep_strong(response: HttpResponseBase) -> None:
    """Give a compressed answer of ours a strong tag of its own (8.8.3.3).

    Django's ``GZipMiddleware`` and the like make the tag weak, as the bytes are others;
    then ``If-Match`` would match none that a client gets.
    """
    tag, coding = (response.headers.get(it, "") for it in ("ETag", "Content-Encoding"))
    if coding and tag.startswith("W/") and isinstance(response, Answer):
        response.headers["ETag"] = f'"{_opaque(tag)}-{coding}"'


def _opaque(tag: str) -> str:
    """Return a tag without what only says how the answer was sent."""
    return tag.removeprefix("W/").strip('"').partition("-")[0]


def _state(tag: str) -> str:
    """Return the part of a tag that changes only with what a client could change."""
    return _opaque(tag).partition(".")[0]


def _hash(data: Any) -> str:
    return hashlib.sha256(JSON.render(data)).hexdigest()[:32]
