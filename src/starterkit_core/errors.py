"""Refusals: the exceptions that business rules raise.

DomainError
├── RateLimited          429  too many attempts; try again later
├── ServiceUnavailable   503  something we depend on is down
│   └── Busy             503  too much is going on at once
├── MissingSlash         404  the URL exists with a slash at its end
├── InvalidCursor        400  the cursor belongs to another list, order or filter
├── AccountDeleted       401  the account was deleted during the request
└── CrossSiteRequest     403  a request with a cookie may come from another site
"""

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class DomainError(Exception):
    """A business rule refused the action.

    ``code`` is the stable, machine-readable name (snake_case, part of the public
    API); ``message`` is for users and may be translated; ``status`` is the HTTP
    status an endpoint answers with; ``example`` is a sample of ``facts`` for the API
    documentation. ``reason`` is for the audit log only: the client never sees it.
    """

    code: ClassVar[str]
    message: ClassVar[str | Promise]
    status: ClassVar[HTTPStatus] = HTTPStatus.BAD_REQUEST
    example: ClassVar[Mapping[str, Any]] = MappingProxyType({})

    def __init__(
        self,
        *,
        headers: Mapping[str, str] | None = None,
        facts: Mapping[str, Any] | None = None,
        reason: str = "",
    ) -> None:
        super().__init__(self.code)
        self.reason = reason
        self.headers = headers or {}
        self.facts = facts or {}


class _TryLater(DomainError):
    """A temporary refusal; ``retry_after`` is in seconds."""

    def __init__(self, *, retry_after: int) -> None:
        super().__init__(headers={"Retry-After": str(retry_after)})
        self.retry_after = retry_after


class RateLimited(_TryLater):
    """Too many attempts; the ``Retry-After`` header says how long to wait."""

    code = "rate_limited"
    message = _("Too many attempts. Please wait and try again.")
    status = HTTPStatus.TOO_MANY_REQUESTS


class ServiceUnavailable(_TryLater):
    """A service that we depend on is down; no data was changed."""

    code = "service_unavailable"
    message = _("This is not available right now. Please try again soon.")
    status = HTTPStatus.SERVICE_UNAVAILABLE


class Busy(ServiceUnavailable):
    """Too much of this is going on at once; no fault, so error reporters get none."""


class MissingSlash(DomainError):
    """The URL lacks the slash at its end; ``path`` is the right one."""

    code = "missing_slash"
    message = _("This URL ends with a slash.")
    status = HTTPStatus.NOT_FOUND
    example = MappingProxyType({"path": "/api/auth/v1/session/"})

    def __init__(self, *, path: str) -> None:
        super().__init__(facts={"path": path})


class CrossSiteRequest(DomainError):
    """A request with a cookie may have been sent by another site."""

    code = "cross_site_request"
    message = _("This request did not come from a page of ours.")
    status = HTTPStatus.FORBIDDEN


class AccountDeleted(DomainError):
    """The account of the signed-in user was deleted during the request."""

    code = "account_deleted"
    message = _("This account does not exist any more.")
    status = HTTPStatus.UNAUTHORIZED


class InvalidCursor(DomainError):
    """The cursor is malformed or forged, or is of another list, order or filter."""

    code = "invalid_cursor"
    message = _("This page is not available. Please start again from the first one.")
