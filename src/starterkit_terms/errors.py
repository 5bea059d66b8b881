"""Refusals of this module.

DomainError
├── TermsAcceptanceRequired  403  the user must accept mandatory documents first
├── TermsNotAccepted         400  a sign-up does not accept every mandatory document
├── DocumentChanged          409  the text that was read is not the one in force
├── VersionNotFound          404  there is no such version, or it is not in force yet
├── NotForAcceptance         409  the document is a notice or a consent
├── VersionPublished         409  a published version cannot be changed
├── DocumentLocked           409  key and nature are fixed once a version is published
├── EvidenceFinal            409  an acceptance cannot be changed or deleted
├── VersionWithoutText       409  the version has no text
├── VersionOutdated          409  a later version has been published already
├── VersionUnchanged         409  the published version has this label and these texts
├── DatesOutOfOrder          409  taking effect in the past, or enforced before that
└── DocumentDiffers          409  a document with this key has other properties
"""

from http import HTTPStatus
from types import MappingProxyType

from django.utils.translation import gettext_lazy as _

from starterkit_core.errors import DomainError

WORDING = {
    "document": "terms",
    "title": "Terms of service",
    "version": "0199f0a3-c5b8-7d7e-8a41-f0c2d3e4f5a6",
    "label": "2026-11",
    "locale": "en",
    "content_hash": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
}
"""How a refusal names a document: an example for the API documentation."""


class TermsAcceptanceRequired(DomainError):
    """The user must accept mandatory documents first; ``pending`` lists them."""

    code = "terms_acceptance_required"
    message = _("Please read and accept the current terms first.")
    status = HTTPStatus.FORBIDDEN
    example = MappingProxyType({"pending": [WORDING]})


class TermsNotAccepted(DomainError):
    """The sign-up lacks mandatory documents; ``pending`` lists them."""

    code = "terms_not_accepted"
    message = _("Please accept the terms to sign up.")
    status = HTTPStatus.BAD_REQUEST
    example = MappingProxyType({"pending": [WORDING]})


class DocumentChanged(DomainError):
    """The text that was read is not the one in force; ``current`` lists that."""

    code = "document_changed"
    message = _("This document has changed. Please read the current version.")
    status = HTTPStatus.CONFLICT
    example = MappingProxyType({"current": [WORDING]})


class VersionNotFound(DomainError):
    """There is no such version, or it is not in force yet."""

    code = "version_not_found"
    message = _("There is no such version.")
    status = HTTPStatus.NOT_FOUND


class NotForAcceptance(DomainError):
    """A notice is only read and a consent is voluntary: neither can be accepted."""

    code = "not_for_acceptance"
    message = _("This document is not one to accept.")
    status = HTTPStatus.CONFLICT


class VersionPublished(DomainError):
    """A published version and its texts cannot be changed."""

    code = "version_published"
    message = _("A published version cannot be changed. Publish a new one instead.")
    status = HTTPStatus.CONFLICT


class DocumentLocked(DomainError):
    """The key and the nature of a document are fixed once a version is published."""

    code = "document_locked"
    message = _("The key and the nature of a published document cannot be changed.")
    status = HTTPStatus.CONFLICT


class EvidenceFinal(DomainError):
    """An acceptance cannot be changed or deleted."""

    code = "evidence_final"
    message = _("An acceptance cannot be changed or deleted.")
    status = HTTPStatus.CONFLICT


class VersionWithoutText(DomainError):
    """The version has no text to publish."""

    code = "version_without_text"
    message = _("Add a text to this version first.")
    status = HTTPStatus.CONFLICT


class VersionOutdated(DomainError):
    """A later version of the document has been published already."""

    code = "version_outdated"
    message = _("A later version of this document has been published already.")
    status = HTTPStatus.CONFLICT


class VersionUnchanged(DomainError):
    """The published ``version`` has the same label and texts."""

    code = "version_unchanged"
    message = _("The published version has the same label and texts: nothing changed.")
    status = HTTPStatus.CONFLICT
    example = MappingProxyType({"version": WORDING["version"]})


class DatesOutOfOrder(DomainError):
    """A version would take effect in the past, or be enforced before it does."""

    code = "dates_out_of_order"
    message = _("It must take effect now or later, and be enforced then or later.")
    status = HTTPStatus.CONFLICT


class DocumentDiffers(DomainError):
    """A document with this key has another nature, or is mandatory."""

    code = "document_differs"
    message = _("There is a document with this key, of another nature or mandatory.")
    status = HTTPStatus.CONFLICT
