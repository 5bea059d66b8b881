"""The header ``Idempotency-Key``: a request that is sent again has its effect once.

After draft-ietf-httpapi-idempotency-key-header-07. A key belongs to the user, the
operation and the path. Only a success is kept: a refusal or an error has changed no
row, so a retry is a new attempt.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from http import HTTPStatus
from typing import Any, ClassVar, Protocol, cast

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ImproperlyConfigured
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from starterkit_core.errors import (
    DomainError,
    IdempotencyKeyMissing,
    IdempotencyKeyReused,
    InvalidIdempotencyKey,
    RateLimited,
    RequestInProgress,
)
from starterkit_core.http.renderers import JSONRenderer
from starterkit_core.models import KeptAnswer
from starterkit_core.services import idempotency
from starterkit_core.services.idempotency import AnsweredMeanwhile, KeyedRequest
from starterkit_core.use_cases import UseCase, accompanied_by
from starterkit_core.utils.secrets import holds_secret

HEADER = "Idempotency-Key"
META_KEY = "HTTP_IDEMPOTENCY_KEY"
REPLAYED = "Idempotency-Replayed"

_KEY = r"[!#-+\--\[\]-~]{1,255}"
"""Visible ASCII without quotes, backslashes and commas, which join repeated headers."""

PATTERN = f'^({_KEY}|"{_KEY}")$'
"""The header: a key, or one in the quotes that the draft wants (RFC 9651, 3.3.3)."""


class IdempotencyKey(Enum):
    """What an endpoint does with the header ``Idempotency-Key``."""

    IGNORED = "ignored"
    """It does not read it."""

    OPTIONAL = "optional"
    """It keeps its answer to a request with a key, for retries with the same key."""

    REQUIRED = "required"
    """The same, and it refuses a request without a key."""


Handler = Callable[..., Response]


class View(Protocol):
    """What this module needs of an ``EndpointView``."""

    use_case: ClassVar[type[UseCase[Any, Any]]]
    request_class: ClassVar[type[BaseSerializer[Any]] | None]
    success_status: ClassVar[HTTPStatus]
    idempotency_key: ClassVar[IdempotencyKey]
    request: Request

    @property
    def user(self) -> AbstractBaseUser: ...
    def represent(self, instance: object) -> Any: ...
    def kept_headers(self, instance: object, data: Any) -> Mapping[str, str]: ...
    def answer(
        self, data: object, status: int, headers: Mapping[str, str]
    ) -> Response: ...


def refusals(use: IdempotencyKey) -> Iterator[type[DomainError]]:
    """Yield the refusals that the header adds to those of an endpoint."""
    if use is IdempotencyKey.IGNORED:
        return
    if use is IdempotencyKey.REQUIRED:
        yield IdempotencyKeyMissing
    yield from (
        InvalidIdempotencyKey,
        IdempotencyKeyReused,
        RequestInProgress,
        RateLimited,
    )


def key_of(request: Request) -> str | None:
    """Return the key, with or without the quotes of a structured field; None if none.

    Raises:
        InvalidIdempotencyKey: it is malformed, or there are two.
    """
    given = request.META.get(META_KEY)
    if given is None:
        return None
    if not re.fullmatch(PATTERN, given):
        raise InvalidIdempotencyKey
    return str(given).strip('"')


def one_answer(view: View) -> "OneAnswer | None":
    """Return what answers the request of ``view`` once, or None if it has no key.

    Raises:
        IdempotencyKeyMissing: the endpoint requires a key.
        InvalidIdempotencyKey: the key is malformed.
    """
    if view.idempotency_key is IdempotencyKey.IGNORED:
        return None
    key = key_of(view.request)
    if key is not None:
        return OneAnswer(view, key)
    if view.idempotency_key is IdempotencyKey.REQUIRED:
        raise IdempotencyKeyMissing
    return None


class OneAnswer:
    """The one answer to all requests with a key, made by the first of them.

    It takes part in the transaction of the use case, so the effect and the answer are
    saved together, or neither is.
    """

    def __init__(self, view: View, key: str) -> None:
        self.view = view
        self.use_case = view.use_case
        self.request = _keyed(view, key)
        self.row: KeptAnswer | None = None
        self.output: Any = None
        self.response: Response | None = None

    def answer(self, handler: Handler, *args: Any, **kwargs: Any) -> Response:
        """Repeat the answer to an earlier request, or let ``handler`` make it.

        Raises:
            DomainError: one of ``refusals()``, or of the endpoint.
        """
        if kept := idempotency.find(self.request):
            return self.repeat(kept)
        idempotency.check_room(self.request)
        idempotency.claim(self.request)
        try:
            return self.make(handler, *args, **kwargs)
        finally:
            idempotency.release(self.request)

    def make(self, handler: Handler, *args: Any, **kwargs: Any) -> Response:
        """Return the answer of the endpoint; or another one's, if that was faster."""
        try:
            with accompanied_by(self):
                response = handler(*args, **kwargs)
        except AnsweredMeanwhile:
            if kept := idempotency.find(self.request):
                return self.repeat(kept)
            raise RequestInProgress(retry_after=idempotency.RETRY_AFTER) from None
        if response is not self.response:
            raise self.misused("returns self.respond() of what its use case returned")
        return response

    def repeat(self, kept: KeptAnswer) -> Response:
        """Return the kept answer; its request id and its safe headers are new."""
        data = json.loads(kept.body) if kept.body else None
        return self.view.answer(data, kept.status, {**kept.headers, REPLAYED: "true"})

    def begin(self, database: str) -> None:
        """Insert the row that a request with the same key would wait for."""
        self.response = None
        self.row = idempotency.begin(self.request, database)

    def end(self, output: Any) -> None:
        """Make the answer, and save it."""
        data = self.view.represent(output)
        if holds_secret(data):
            raise self.misused("answers without secrets: they are never kept")
        headers = self.view.kept_headers(output, data)
        status = self.view.success_status
        body = "" if data is None else JSONRenderer().render(data).decode()
        row = cast("KeptAnswer", self.row)  # begin() has run
        idempotency.complete(row, status=status, headers=headers, body=body)
        self.output = output
        self.response = self.view.answer(data, status, headers)

    def has_made(self, output: object) -> bool:
        """Return whether ``response`` is the answer of this output."""
        return self.response is not None and self.output is output

    def misused(self, rule: str) -> ImproperlyConfigured:
        """Return the exception that tells the programmer a rule."""
        view = type(self.view).__qualname__
        return ImproperlyConfigured(f"{view} takes an Idempotency-Key, so it {rule}.")


def _keyed(view: View, key: str) -> KeyedRequest:
    request = view.request._request
    place = view.use_case.key or f"{type(view).__module__}.{type(view).__qualname__}"
    body = view.request.data if view.request_class else None
    return KeyedRequest.of(
        view.user,
        operation=f"{request.method} {place}",
        path=request.path,
        key=key,
        content=[request.META.get("QUERY_STRING", ""), body],
    )
