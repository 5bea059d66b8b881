"""Refusals of this module.

DomainError
├── TermsAcceptanceRequired  403  the user must accept mandatory documents first
├── ConsentRequired          403  the view needs a consent that the user has not given
├── TermsNotAccepted         400  a sign-up does not accept every mandatory document
├── DocumentChanged          409  the text that was read is not the one in force
├── VersionNotFound          404  there is no such version, or it is not in force yet
├── NotForAcceptance         409  the document is not for this: a consent, for example
├── AlreadyAccepted          409  a version would be refused that the user has accepted
├── ConsentNotFound          404  there is no consent with this key that is in force
├── ConsentNotGiven          409  a consent would be withdrawn that was never given
├── AcceptanceNotFound       404  the user has no acceptance with this id
├── VersionPublished         409  a published version cannot be changed
├── DocumentLocked           409  key and nature are fixed once a version is published
├── EvidenceFinal            409  an acceptance cannot be changed or deleted
├── VersionWithoutText       409  the version has no text
├── VersionOutdated          409  a later version has been published already
├── VersionUnchanged         409  the published version has this label and these texts
├── LocalesMissing           409  a required or the authoritative language has no text
├── NoticeTooShort           409  too little time from announcement to enforcement
├── PublisherIsAuthor        409  another user must publish what this one wrote
├── VersionNotScheduled      409  the version is a draft, or is announced already
├── DocumentNotFound         404  there is no such document, or none that is in force
├── NotComparable            409  no earlier version, or no language in common
├── DatesOutOfOrder          409  dates in another order, or in the past
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


class ConsentRequired(DomainError):
    """The view needs the consent ``document``, which the user has not given."""

    code = "consent_required"
    message = _("This needs your consent.")
    status = HTTPStatus.FORBIDDEN
    example = MappingProxyType({"document": "newsletter"})


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
    """A notice is only acknowledged, and a consent has an endpoint of its own."""

    code = "not_for_acceptance"
    message = _("You cannot do this with this document.")
    status = HTTPStatus.CONFLICT


class AlreadyAccepted(DomainError):
    """The user has accepted this version, so it cannot be refused any more."""

    code = "already_accepted"
    message = _("You have accepted this document already.")
    status = HTTPStatus.CONFLICT


class ConsentNotFound(DomainError):
    """There is no consent with this key, or no version of it is in force."""

    code = "consent_not_found"
    message = _("There is no such consent.")
    status = HTTPStatus.NOT_FOUND


class ConsentNotGiven(DomainError):
    """The user has not given this consent, so it cannot be withdrawn."""

    code = "consent_not_given"
    message = _("You have not given this consent.")
    status = HTTPStatus.CONFLICT


class AcceptanceNotFound(DomainError):
    """The user has no acceptance with this id."""

    code = "acceptance_not_found"
    message = _("There is no such acceptance.")
    status = HTTPStatus.NOT_FOUND


class VersionPublished(DomainError):
    """A published version and its texts cannot be changed."""

    code = "version_published"
    message = _("A published version cannot be changed. Publish a new one instead.")
    status = HTTPStatus.CONFLICT


class NoticeNotDue(DomainError):
    """Users are told of an announced version, unless it is silent or superseded."""

    code = "notice_not_due"
    message = _("Users are not told of this version.")
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


class LocalesMissing(DomainError):
    """A language that needs a text has none; ``locales`` lists them."""

    code = "locales_missing"
    message = _("A text is missing in a required language, or the authoritative one.")
    status = HTTPStatus.CONFLICT
    example = MappingProxyType({"locales": ["pt-br"]})


class NoticeTooShort(DomainError):
    """Users would get less notice than is required; ``earliest`` is possible."""

    code = "notice_too_short"
    message = _("There must be more time between announcement and enforcement.")
    status = HTTPStatus.CONFLICT
    example = MappingProxyType({"earliest": "2026-12-22T09:30:00Z"})


class PublisherIsAuthor(DomainError):
    """With ``FOUR_EYES``, users cannot publish what they wrote."""

    code = "publisher_is_author"
    message = _("Another user must publish this version: you wrote a part of it.")
    status = HTTPStatus.CONFLICT


class VersionNotScheduled(DomainError):
    """Only a scheduled version that is not announced yet can become a draft again."""

    code = "version_not_scheduled"
    message = _("It is not scheduled, or it has been announced: it stays published.")
    status = HTTPStatus.CONFLICT


class DocumentNotFound(DomainError):
    """There is no document with this key, or no version of it is in force."""

    code = "document_not_found"
    message = _("There is no such document.")
    status = HTTPStatus.NOT_FOUND


class NotComparable(DomainError):
    """There is no earlier version, or the two have no language in common."""

    code = "not_comparable"
    message = _("There is no earlier version, or the two have no language in common.")
    status = HTTPStatus.CONFLICT


class DatesOutOfOrder(DomainError):
    """A version would take effect in the past, before a published one, or the like."""

    code = "dates_out_of_order"
    message = _(
        "It must be announced now or later, take effect then or later and not before a "
        "published version, and be enforced then or later."
    )
    status = HTTPStatus.CONFLICT


class DocumentDiffers(DomainError):
    """A document with this key has another nature, or is mandatory."""

    code = "document_differs"
    message = _("There is a document with this key, of another nature or mandatory.")
    status = HTTPStatus.CONFLICT
