"""Our exceptions for DRF.

Authenticators, permissions and parsers raise them. DRF imports these along with its
settings, so this file must not import ``rest_framework.views``.
"""

from http import HTTPStatus

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException

from starterkit_core.errors import DomainError


class Refused(APIException):
    """A ``DomainError`` as an exception of DRF, for authenticators and permissions.

    Any exception handler can answer it, a host's too: ``detail`` has the message, the
    code and the facts, each as text.
    """

    def __init__(self, refusal: DomainError) -> None:
        body = {"detail": refusal.message, "code": refusal.code, **refusal.facts}
        super().__init__(detail=body, code=refusal.code)
        self.status_code = refusal.status
        self.refusal = refusal


class BodyTooLarge(APIException):
    """The body is longer than ``MAX_BODY_BYTES``."""

    status_code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    default_detail = _("The request body is too large.")
    default_code = "body_too_large"


class LengthRequired(APIException):
    """The body comes in chunks, without a ``Content-Length``; Django reads none."""

    status_code = HTTPStatus.LENGTH_REQUIRED
    default_detail = _("The request body needs a length.")
    default_code = "length_required"


class UrlTooLong(APIException):
    """The URL is longer than ``MAX_URL_LENGTH``."""

    status_code = HTTPStatus.REQUEST_URI_TOO_LONG
    default_detail = _("The URL is too long.")
    default_code = "url_too_long"


class HeadersTooLarge(APIException):
    """There are more headers than ``MAX_HEADERS``, or ``MAX_HEADER_BYTES`` of them."""

    status_code = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
    default_detail = _("The request headers are too large.")
    default_code = "headers_too_large"


class BadRequestError(APIException):
    """The request cannot be read as HTTP."""

    status_code = HTTPStatus.BAD_REQUEST
    default_detail = _("The request could not be understood.")
    default_code = "bad_request"


class ServerError(APIException):
    """An unexpected error; the response does not reveal its cause."""

    default_detail = _("Something went wrong on our side.")
    default_code = "server_error"
