"""What users have consented to: ``has_consent()`` is for the host and its apps."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import F
from django.utils import timezone

from starterkit_terms.models import (
    AbstractAcceptance,
    AbstractDocument,
    ConsentState,
    version_model,
)
from starterkit_terms.models.version import VersionQuerySet
from starterkit_terms.services.audiences import Membership
from starterkit_terms.services.reading import Wording, wordings

NOT_ASKED = "not_asked"
"""The state of a consent on which the user has not decided."""

_CONSENT = AbstractDocument.Nature.CONSENT


def has_consent(user: AbstractBaseUser, key: str) -> bool:
    """Return whether ``user`` has consented, and to what is in force.

    One query; none for a user who is not saved. A consent that was refused, withdrawn
    or has expired is none, nor is one to an earlier version, unless no later version
    asks users again.
    """
    if user.pk is None:
        return False
    now = timezone.now()
    asked = consents_in_force(now).filter(document__key=key)
    mine = asked.with_standing_of(user, now)
    return bool(mine.filter(accepted__gte=F("needed"), accepted__gt=0).exists())


def consents_in_force(at: datetime) -> VersionQuerySet:
    """Return the version in force of each consent."""
    found: VersionQuerySet = version_model().objects.in_force(at)
    return found.filter(document__nature=_CONSENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentWording(Wording):
    """A consent in the language it is shown in, and what the user decided."""

    state: str
    decided_at: datetime | None = None
    decided_number: int | None = None
    """The version that the decision was about."""

    expires_at: datetime | None = None


def consents_of(
    user: AbstractBaseUser,
    versions: "VersionQuerySet",
    at: datetime,
    languages: Sequence[str] = (),
) -> list[ConsentWording]:
    """Return the consents of these versions with what ``user`` decided; two queries.

    Without those of an audience that does not cover the user, unless they have decided
    on it: who has given a consent can always see and withdraw it.
    """
    found = wordings(versions, languages)
    documents = [wording.version.document_id for wording in found]
    rows = ConsentState.objects.of(user).filter(document__in=documents)
    states = {row.document_id: row for row in rows}
    membership = Membership(user)
    return [
        decided(wording, states.get(wording.version.document_id), at)
        for wording in found
        if wording.version.document_id in states
        or membership.covers(wording.version.document.audience)
    ]


def decided(wording: Wording, state: Any, at: datetime) -> ConsentWording:
    """Return the wording with the decision that ``state`` has, if there is one."""
    seen: dict[str, Any] = {
        "version": wording.version,
        "text": wording.text,
        "locales": wording.locales,
    }
    if state is None:
        return ConsentWording(**seen, state=NOT_ASKED)
    return ConsentWording(
        **seen,
        state=state.action if state.holds(at) else AbstractAcceptance.Action.EXPIRED,
        decided_at=state.happened_at,
        decided_number=state.number,
        expires_at=state.expires_at,
    )
