"""Refusals: the exceptions that business rules raise.

DomainError
├── NotWhileImpersonating    403  this is for the user alone, not for an impersonator
├── RateLimited              429  too many attempts; try again later
├── ServiceUnavailable       503  something we depend on is down
│   └── Busy                 503  too much is going on at once
├── MissingSlash             404  the URL exists with a slash at its end
├── InvalidCursor            400  the cursor belongs to another list, order or filter
├── IdempotencyKeyMissing    400  the operation needs the header Idempotency-Key
├── InvalidIdempotencyKey    400  the header is malformed
├── IdempotencyKeyReused     422  the key was sent with another request
├── RequestInProgress        409  a request with this key is being answered
├── WeakPassword             400  the password is short, common or easily guessed
├── InvalidPrecondition      400  the header If-Match is malformed
├── PreconditionFailed       412  it was changed after the client had read it
├── AccountDeleted           401  the account was deleted during the request
├── AccountInactive          409  the account of another user is not active
├── AddressMissing           409  the account of another user has no address for mails
├── AddressTaken             409  another account holds the address of this one
├── PasswordElsewhere        409  the password of another user is not saved here
└── CrossSiteRequest         403  a request with a cookie may come from another site
"""

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, ClassVar, Self

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

RESERVED = frozenset(
    {
        "type",
        "title",
        "status",
        "detail",
        "instance",
        "code",
        "request_id",
        "errors",
    }
)
"""The members of every problem; a fact with such a name would be lost."""


class DomainError(Exception):
    """A business rule refused the action.

    ``code`` is the stable, machine-readable name (snake_case, part of the public
    API); ``message`` is for users and may be translated; ``status`` is the HTTP
    status an endpoint answers with; ``example`` is a sample of ``facts`` for the API
    documentation, with no name of ``RESERVED``. ``reason`` is for the audit log only:
    the client never sees it.
    """

    code: ClassVar[str]
    message: ClassVar[str | Promise]
    status: ClassVar[HTTPStatus] = HTTPStatus.BAD_REQUEST
    example: ClassVar[Mapping[str, Any]] = MappingProxyType({})

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if lost := RESERVED.intersection(cls.example):
            raise TypeError(f"{cls.__qualname__} has reserved facts: {sorted(lost)}.")

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


class WeakPassword(DomainError):
    """The password is short, common or easily guessed.

    ``facts["reasons"]`` is a list of ``{"code", "detail"}``.
    """

    code = "weak_password"
    message = _("Please choose another password.")
    status = HTTPStatus.BAD_REQUEST
    example = MappingProxyType(
        {
            "reasons": [
                {"code": "password_too_short", "detail": "Use at least 12 characters."}
            ]
        }
    )

    @classmethod
    def of(cls, reasons: Mapping[str, str]) -> Self:
        """Return the refusal for these codes, each with its sentence."""
        listed = [{"code": code, "detail": text} for code, text in reasons.items()]
        return cls(facts={"reasons": listed})


class AccountDeleted(DomainError):
    """The account of the signed-in user was deleted during the request."""

    code = "account_deleted"
    message = _("This account does not exist any more.")
    status = HTTPStatus.UNAUTHORIZED


class AccountInactive(DomainError):
    """The account of another user is not active, so this can do nothing for it."""

    code = "account_inactive"
    message = _("This account is not active.")
    status = HTTPStatus.CONFLICT


class AddressMissing(DomainError):
    """The account of another user has no address that mail can be sent to."""

    code = "address_missing"
    message = _("This account has no e-mail address.")
    status = HTTPStatus.CONFLICT


class AddressTaken(DomainError):
    """Another account holds the address, so this account does not sign in with it."""

    code = "address_taken"
    message = _("Another account has this e-mail address.")
    status = HTTPStatus.CONFLICT


class PasswordElsewhere(DomainError):
    """The password of another user is in a directory, and so cannot be reset here."""

    code = "password_elsewhere"
    message = _("The password of this account is not kept here.")
    status = HTTPStatus.CONFLICT


class NotWhileImpersonating(DomainError):
    """An administrator who acts as the user may not do this; only the user may."""

    code = "not_while_impersonating"
    message = _("You cannot do this while you act as another user.")
    status = HTTPStatus.FORBIDDEN


class InvalidCursor(DomainError):
    """The cursor is malformed or forged, or is of another list, order or filter."""

    code = "invalid_cursor"
    message = _("This page is not available. Please start again from the first one.")


class IdempotencyKeyMissing(DomainError):
    """The operation needs the header ``Idempotency-Key``."""

    code = "idempotency_key_missing"
    message = _("Send a new Idempotency-Key, and the same one with each retry.")


class InvalidIdempotencyKey(DomainError):
    """The ``Idempotency-Key`` is not 1 to 255 visible ASCII characters."""

    code = "invalid_idempotency_key"
    message = _("The Idempotency-Key must be 1 to 255 visible ASCII characters.")


class IdempotencyKeyReused(DomainError):
    """The user has sent this ``Idempotency-Key`` with another body or query."""

    code = "idempotency_key_reused"
    message = _("This Idempotency-Key belongs to another request. Send a new one.")
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class RequestInProgress(_TryLater):
    """A request with this ``Idempotency-Key`` is being answered; try again soon."""

    code = "request_in_progress"
    message = _("This request is already being processed.")
    status = HTTPStatus.CONFLICT


class InvalidPrecondition(DomainError):
    """The header ``If-Match`` is neither ``*`` nor a list of entity tags."""

    code = "invalid_precondition"
    message = _("If-Match must be * or an ETag as it was sent, with its quotes.")


class PreconditionFailed(DomainError):
    """It is not as the client has read it: the tag in ``If-Match`` is another one."""

    code = "precondition_failed"
    message = _("This was changed meanwhile. Read it again before you change it.")
    status = HTTPStatus.PRECONDITION_FAILED
