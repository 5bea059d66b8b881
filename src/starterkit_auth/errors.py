"""Errors that this app raises.

DomainError
├── InvalidCredentials     401  wrong address or password, or the account is inactive
├── EmailUnverified        403  right password, but the address is not proven yet
├── InvalidRefreshToken    401  this refresh token is not valid (any more)
├── RefreshTokenReused     401  a retired token was used again; the session was ended
├── AmbiguousCredentials   400  a bearer token and our cookie in one request
├── InvalidConfirmation    400  this code or link is not valid (any more)
├── AddressDisputed        409  two addresses claim the account, so it is closed
├── SessionNotFound        404  the user has no such session
├── EmailTaken             409  another account has this address ("friendly" mode only)
├── WrongPassword          403  this is not the password of the signed-in user
├── NoPassword             409  the account has no password to check
├── StepUpRequired         403  the last proof of identity is too old
├── ImpersonationOpen      409  the administrator acts as another user already
├── SessionRequired        403  signed in by other means than a session of this app
└── SessionEnded           401  the session ended during the request
"""

from http import HTTPStatus
from types import MappingProxyType

from django.utils.translation import gettext_lazy as _

from starterkit_core.errors import DomainError


class InvalidCredentials(DomainError):
    """Wrong address or password, or inactive account; the client is not told which."""

    code = "invalid_credentials"
    message = _("The e-mail address or the password is not right.")
    status = HTTPStatus.UNAUTHORIZED


class EmailUnverified(DomainError):
    """The password is right, but the address has not been proven; a code was sent.

    ``facts["registration_token"]`` is needed with the code or the link of the mail.
    """

    code = "email_unverified"
    message = _("Please confirm your e-mail address. We have sent you a code.")
    status = HTTPStatus.FORBIDDEN
    example = MappingProxyType({"registration_token": "skg_AZ…"})


class InvalidRefreshToken(DomainError):
    """The refresh token is unknown, or its session has ended."""

    code = "invalid_refresh_token"
    message = _("Please sign in again.")
    status = HTTPStatus.UNAUTHORIZED


class RefreshTokenReused(DomainError):
    """A retired refresh token was used again, so its session was ended."""

    code = "refresh_token_reused"
    message = _("For your safety this session was ended. Please sign in again.")
    status = HTTPStatus.UNAUTHORIZED


class AmbiguousCredentials(DomainError):
    """The request has a token and a cookie, and it is unclear which one counts."""

    code = "ambiguous_credentials"
    message = _("Send either a token or a cookie, not both.")
    status = HTTPStatus.BAD_REQUEST


class InvalidConfirmation(DomainError):
    """The code or link is wrong, used, or too old; the client is not told which."""

    code = "invalid_confirmation"
    message = _("This code is not valid any more. Please ask for a new one.")
    status = HTTPStatus.BAD_REQUEST


class AddressDisputed(DomainError):
    """The former and the new address of an account were both proven; it is closed."""

    code = "address_disputed"
    message = _("Another address claims this account, so it is closed. Please ask us.")
    status = HTTPStatus.CONFLICT


class SessionNotFound(DomainError):
    """No such session, or it is another user's; the client is not told which."""

    code = "session_not_found"
    message = _("There is no such session.")
    status = HTTPStatus.NOT_FOUND


class EmailTaken(DomainError):
    """Another account has this address; only if ``REGISTRATION_MODE`` is friendly."""

    code = "email_taken"
    message = _("There is an account with this e-mail address.")
    status = HTTPStatus.CONFLICT


class WrongPassword(DomainError):
    """This is not the password of the signed-in user."""

    code = "wrong_password"
    message = _("This is not your password.")
    status = HTTPStatus.FORBIDDEN


class NoPassword(DomainError):
    """The account has no password to check; signing in again is the proof instead."""

    code = "no_password"
    message = _("Your account has no password. Please sign in again.")
    status = HTTPStatus.CONFLICT


class StepUpRequired(DomainError):
    """The user last proved their identity too long ago.

    ``facts["max_age"]`` is how old the proof may be, in seconds. ``facts["how"]`` is
    what to do: send the ``password`` to ``session/step-up``, or ``sign_in`` again.
    """

    code = "step_up_required"
    message = _("Please prove again who you are.")
    status = HTTPStatus.FORBIDDEN
    example = MappingProxyType({"max_age": 600, "how": "password"})


class SessionRequired(DomainError):
    """The user is signed in by other means; this needs a session of this app.

    So it is while a project has another authenticator, too: sign in here first.
    """

    code = "session_required"
    message = _("Please sign in again to do this.")
    status = HTTPStatus.FORBIDDEN


class ImpersonationOpen(DomainError):
    """The administrator acts as a user already, and has to end that first.

    ``facts["user_id"]`` is that user.
    """

    code = "impersonation_open"
    message = _("You act as another user already. Please end that first.")
    status = HTTPStatus.CONFLICT
    example = MappingProxyType({"user_id": "0199f0a3-c5b8-7d7e-8a41-f0c2d3e4f5a6"})


class SessionEnded(DomainError):
    """The session ended during the request."""

    code = "session_ended"
    message = _("Please sign in again.")
    status = HTTPStatus.UNAUTHORIZED
