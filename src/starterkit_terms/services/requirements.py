"""What a single view requires: a document that is accepted, a consent that is given."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_core.errors import DomainError
from starterkit_terms.errors import ConsentRequired, TermsAcceptanceRequired
from starterkit_terms.models import AbstractDocument, version_model
from starterkit_terms.services.audiences import is_for
from starterkit_terms.services.consents import has_consent
from starterkit_terms.services.reading import wordings


def unmet(
    user: AbstractBaseUser, keys: Iterable[str], at: datetime
) -> DomainError | None:
    """Return why ``user`` may not go on, or None; one query for each key if so.

    A document must be accepted in the version that is enforced, also an optional one,
    unless its audience does not cover the user. A consent must be given in any case.
    A key without a document in force is never met.
    """
    return next(filter(None, (_unmet(user, key, at) for key in keys)), None)


def _unmet(user: AbstractBaseUser, key: str, at: datetime) -> DomainError | None:
    versions = version_model().objects
    version: Any = (
        versions.in_force(at)
        .filter(document__key=key)
        .with_standing_of(user, at)
        .select_related("document")
        .first()
    )
    if version is not None and version.document.nature == _CONSENT:
        return (
            None if has_consent(user, key) else ConsentRequired(facts={"document": key})
        )
    if version is not None and version.accepted >= max(version.enforced, 1):
        return None
    if version is not None and not is_for(user, version.document):
        return None
    missing = wordings(versions.filter(pk=version.pk)) if version else []
    pending = [wording.facts() for wording in missing]
    return TermsAcceptanceRequired(facts={"pending": pending})


_CONSENT = AbstractDocument.Nature.CONSENT
