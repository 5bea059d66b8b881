"""What the running code works for: a request, or a task that a request started.

Log lines, audit events and spans take their ids from here.
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Any

from django.utils.functional import LazyObject, empty

TRACEPARENT = re.compile(
    r"(?!ff)(?P<version>[0-9a-f]{2})"
    r"-(?!0{32})(?P<trace_id>[0-9a-f]{32})"
    r"-(?!0{16})(?P<parent_id>[0-9a-f]{16})"
    r"-(?P<flags>[0-9a-f]{2})(?P<rest>-[!-~]*)?",
)
"""The header of W3C Trace Context, section 3.2; later versions may append fields."""

SAMPLED = 1
"""The flag that says that the caller records the trace."""

LONGEST = 128
"""Longest id that is read from the arguments of a task."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """The trace that the work belongs to, and the span that caused it."""

    trace_id: str = field(default_factory=lambda: token_hex(16))
    """32 hexadecimal digits."""

    parent_id: str = ""
    """16 hexadecimal digits, or ``""`` if the trace begins here."""

    is_sampled: bool = False
    """Whether the caller records it."""

    def __str__(self) -> str:
        """Return the ``traceparent`` for what this work starts."""
        parent = self.parent_id or token_hex(8)
        return f"00-{self.trace_id}-{parent}-{int(self.is_sampled):02x}"


@dataclass(slots=True, kw_only=True)
class Context:
    """The ids of one request or task."""

    request_id: str = ""
    trace: Trace | None = None
    known_user_id: str = ""
    """The user for whom a task runs, or who has signed in; else see ``user_id``."""

    known_impersonator_id: str = ""
    """The user who impersonates that user; else see ``impersonator_id``."""

    request: Any = field(default=None, repr=False, compare=False)
    """Django's request, which knows its user once it is authenticated."""

    @property
    def user_id(self) -> str:
        """The user's key as text, or ``""``; never causes a query.

        DRF puts the user that any of its classes authenticated on Django's request. The
        user of Django's own session is lazy: until a view has asked, it is unknown.
        """
        return self.known_user_id or _user_of(self.request)

    @property
    def impersonator_id(self) -> str:
        """The key of the user who acts as ``user_id``, as text, or ``""``."""
        return self.known_impersonator_id or impersonator_of(self.request)

    @property
    def trace_id(self) -> str:
        """The id of the trace, or ``""`` outside of requests and tasks."""
        return self.trace.trace_id if self.trace else ""

    def without_request(self) -> "Context":
        """Return a copy for work that may outlive the request."""
        return Context(
            request_id=self.request_id,
            trace=self.trace,
            known_user_id=self.user_id,
            known_impersonator_id=self.impersonator_id,
        )

    def as_payload(self, cause: Trace | None = None) -> dict[str, str]:
        """Return what a task takes along to its worker, JSON-serializable.

        ``cause`` is the span that is open, if there is one.
        """
        return {
            "request_id": self.request_id,
            "traceparent": str(cause or self.trace or ""),
            "user_id": self.user_id,
            "impersonator_id": self.impersonator_id,
        }


IDS = ("request_id", "trace_id", "user_id", "impersonator_id")
"""The attributes of a context that lines show."""

NO_CONTEXT = Context()
"""That of work which no request caused, such as a management command."""

_current: ContextVar[Context] = ContextVar("starterkit_context", default=NO_CONTEXT)


def current() -> Context:
    """Return the context of the running code."""
    return _current.get()


class entered:  # noqa: N801  # read like a function; a generator takes three times as long
    """Let ``context`` be the current one within the block.

    At the end the former one is set again, also where a generator or a task of asyncio
    goes on in a copy of the context, in which a token would not be valid. A coroutine
    that was abandoned ends wherever the garbage collector runs, such as in another
    request: what is current there stays.
    """

    __slots__ = ("_context", "_former")

    def __init__(self, context: Context) -> None:
        self._context = context

    def __enter__(self) -> None:
        self._former = _current.get()
        _current.set(self._context)

    def __exit__(self, *error: object) -> None:
        if _current.get() is self._context:
            _current.set(self._former)


def trace_of(traceparent: str) -> Trace:
    """Return the trace that a caller names, or a new one if it is malformed."""
    found = TRACEPARENT.fullmatch(traceparent) if traceparent else None
    if not found or (found["version"] == "00" and found["rest"]):
        return Trace()
    return Trace(
        trace_id=found["trace_id"],
        parent_id=found["parent_id"],
        is_sampled=bool(int(found["flags"], 16) & SAMPLED),
    )


def from_payload(payload: Mapping[str, object]) -> Context:
    """Return the context that a task took along; what is unknown in it is ignored."""
    names = ("request_id", "traceparent", "user_id", "impersonator_id")
    request_id, traceparent, user_id, impersonator_id = (
        _text(payload.get(name)) for name in names
    )
    return Context(
        request_id=request_id,
        trace=trace_of(traceparent),
        known_user_id=user_id,
        known_impersonator_id=impersonator_id,
    )


def impersonator_of(request: Any) -> str:
    """Return the key of the user who sent ``request`` as another user, or ``""``.

    ``request.auth``, which DRF's authenticators set, has it as ``impersonator_id``.
    """
    try:
        found = getattr(getattr(request, "auth", None), "impersonator_id", None)
    except Exception:  # noqa: BLE001  # of a class of the project; the answer counts
        return ""
    return "" if found is None else str(found)


def remember_user(sender: object, user: Any = None, **facts: Any) -> None:
    """Let further lines of the request have the user who has just signed in.

    A receiver of Django's ``user_logged_in``.
    """
    context = _current.get()
    if context is not NO_CONTEXT:
        context.known_user_id = _key_of(user)


def note_on(thing: object) -> None:
    """Keep the current context with an exception or request, for later log lines.

    Workers log the failure of a task after it, and Django a refusal after the answer.
    """
    with suppress(AttributeError):  # a class with __slots__
        thing._starterkit_context = _current.get().without_request()  # type: ignore[attr-defined]  # noqa: SLF001  # a mark of ours


def noted_on(*things: object) -> Context:
    """Return the context that was noted on the first of ``things`` that has one."""
    found = (getattr(thing, "_starterkit_context", None) for thing in things)
    return next(filter(None, found), NO_CONTEXT)


def _text(value: object) -> str:
    return value[:LONGEST] if isinstance(value, str) else ""


def _user_of(request: Any) -> str:
    try:
        return _key_of(getattr(request, "user", None))
    except Exception:  # noqa: BLE001  # of a user class of the project; the answer counts
        return ""


def _key_of(user: Any) -> str:
    key = getattr(loaded(user), "pk", None)
    return "" if key is None else str(key)


def loaded(user: Any) -> Any:
    """Return the user of a request, or None if it has not been loaded yet."""
    if isinstance(user, LazyObject):
        user = user.__dict__.get("_wrapped")  # asking the object itself would load it
    return None if user is empty else user
