"""Checks the texts that a client says its user has read against those in force."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils.crypto import salted_hmac

from starterkit_core.errors import DomainError
from starterkit_core.utils.client import Client
from starterkit_core.utils.client_address import coarse
from starterkit_terms.conf import conf
from starterkit_terms.errors import DocumentChanged, NotForAcceptance, VersionNotFound
from starterkit_terms.models import (
    AbstractAcceptance,
    AbstractDocument,
    AbstractVersion,
    VersionText,
    version_model,
)
from starterkit_terms.services.audiences import Membership
from starterkit_terms.services.reading import choose

Action = AbstractAcceptance.Action
Nature = AbstractDocument.Nature


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedText:
    """A version that a user accepts, and the hash of the text they were shown."""

    version: UUID
    content_hash: str

    action: str = ""
    """What the user does about it; ``""`` is what its nature asks for."""

    @classmethod
    def all_of(cls, given: Iterable[Mapping[str, Any]]) -> tuple[Self, ...]:
        """Return one for each item of validated JSON."""
        return tuple(
            cls(
                version=item["version"],
                content_hash=item["content_hash"],
                action=item.get("action", ""),
            )
            for item in given
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What a user does about a version, and which text of it they were shown."""

    action: str
    version: AbstractVersion
    """With its document."""

    locale: str
    content_hash: str
    wording: str = ""
    """What was shown beside the checkbox."""

    @classmethod
    def about(cls, text: VersionText, action: str) -> Self:
        """Return the act of a user who was shown ``text``."""
        return cls(
            action=action,
            version=text.version,
            locale=text.locale,
            content_hash=text.content_hash,
            wording=text.checkbox,
        )

    @classmethod
    def again(cls, act: AbstractAcceptance, action: str) -> Self:
        """Return an act about the text that an act of the ledger was about."""
        return cls(
            action=action,
            version=act.version,
            locale=act.locale,
            content_hash=act.content_hash,
            wording=act.wording,
        )

    @property
    def document(self) -> AbstractDocument:
        """The document of the version."""
        document: AbstractDocument = self.version.document
        return document


ACTIONS: Mapping[str, tuple[str, ...]] = {
    Nature.CONTRACT: (Action.ACCEPTED, Action.REFUSED),
    Nature.ATTESTATION: (Action.ACCEPTED, Action.REFUSED),
    Nature.NOTICE: (Action.ACKNOWLEDGED,),
    Nature.CONSENT: (),
}
"""What can be done about each nature besides consents; the first is the usual one."""


def acts_of(
    accepted: Sequence[AcceptedText],
    at: datetime,
    user: AbstractBaseUser | None = None,
) -> list[Act]:
    """Return what is done about each text that was read; ``user`` does it, if given.

    Raises:
        VersionNotFound: there is no such version, or it has not taken effect.
        DocumentChanged: it was superseded, or no text of it has this hash.
        NotForAcceptance: the document is a consent, not for this action, or for an
            audience that does not cover the user.
    """
    wanted = {sent.version: sent.action for sent in accepted}
    texts = texts_of(accepted, at)
    membership = Membership(user) if user else None
    if membership and not all(map(membership.covers, _audiences(texts))):
        raise NotForAcceptance
    return [_act(text, wanted[text.version_id]) for text in texts]


def _audiences(texts: Iterable[VersionText]) -> list[str]:
    return [text.version.document.audience for text in texts]


def _act(text: VersionText, wanted: str) -> Act:
    possible = ACTIONS[text.version.document.nature]
    if not possible or (wanted and wanted not in possible):
        raise NotForAcceptance
    return Act.about(text, wanted or possible[0])


def texts_of(accepted: Sequence[AcceptedText], at: datetime) -> list[VersionText]:
    """Return the text of each; a version that is sent twice counts once.

    The hash identifies the language that the user read, so none is ever assumed.

    Raises:
        VersionNotFound: there is no such version, or it has not taken effect.
        DocumentChanged: it was superseded, or no text of it has this hash.
    """
    current = _current_texts(accepted, at)
    by_content = {(text.version_id, text.content_hash): text for text in current}
    keys = [(sent.version, sent.content_hash) for sent in accepted]
    if unknown := {version for version, _ in set(keys) - by_content.keys()}:
        raise _refusal_of(unknown, current, at)
    found = {version: by_content[version, digest] for version, digest in keys}
    return [*found.values()]


def still_in_force(
    accepted: Sequence[AcceptedText], at: datetime, user: AbstractBaseUser
) -> tuple[AcceptedText, ...]:
    """Return those whose text is in force and for ``user``; one query, if any."""
    if not accepted:
        return ()
    current, membership = _current_texts(accepted, at), Membership(user)
    in_force = {
        (text.version_id, text.content_hash)
        for text in current
        if membership.covers(text.version.document.audience)
    }
    return tuple(it for it in accepted if (it.version, it.content_hash) in in_force)


def _current_texts(accepted: Sequence[AcceptedText], at: datetime) -> list[VersionText]:
    """Return the texts in force of the documents whose versions were sent."""
    sent = [text.version for text in accepted]
    in_force = version_model().objects.in_force(at)
    texts = VersionText.objects.filter(
        version__in=in_force.filter(document__versions__in=sent)
    )
    return [*texts.select_related("version__document").defer("source", "html")]


def _refusal_of(
    unknown: Collection[UUID], current: Iterable[VersionText], at: datetime
) -> DomainError:
    """Return why these versions cannot be accepted with the hashes that were sent."""
    effective = version_model().objects.effective(at).filter(pk__in=unknown)
    documents = [*effective.values_list("document_id", flat=True)]
    if len(documents) < len(unknown):
        return VersionNotFound()
    changed = [text for text in current if text.version.document_id in documents]
    return DocumentChanged(facts={"current": [w.facts() for w in choose(changed)]})


def traces_of(client: Client) -> dict[str, str]:
    """Return what is saved about the client that acted, as ``CLIENT_TRACES`` says."""
    kept = {
        "address": kept_address(client.address),
        "user_agent": kept_user_agent(client.user_agent),
        "platform": client.platform[:32],
        "app_version": client.app_version[:32],
    }
    if conf.CLIENT_TRACES == "off":
        kept = dict.fromkeys(kept, "")
    return {**kept, "request_id": client.request_id}


def kept_address(address: str) -> str:
    """Return the address, its network or a keyed hash of it."""
    if conf.CLIENT_TRACES == "hashed":
        return _hashed(address)
    return coarse(address, conf.CLIENT_TRACES)


def kept_user_agent(user_agent: str) -> str:
    """Return the user agent, with major versions only, or a keyed hash of it."""
    if conf.CLIENT_TRACES == "hashed":
        return _hashed(user_agent)
    if conf.CLIENT_TRACES == "truncated":
        return _MINOR.sub(r"\1", user_agent)
    return user_agent


_MINOR = re.compile(r"(\d+)(?:[._]\d+)+")


def _hashed(text: str) -> str:
    """Return a hash that only the project can compare with another one; 64 signs."""
    if not text:
        return ""
    purpose = "starterkit_terms.client"
    return salted_hmac(purpose, text, algorithm="sha256").hexdigest()
