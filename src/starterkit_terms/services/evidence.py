"""Checks the texts that a client says its user has read against those in force."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from starterkit_core.errors import DomainError
from starterkit_core.utils.client import Client
from starterkit_core.utils.client_address import coarse
from starterkit_terms.conf import conf
from starterkit_terms.errors import DocumentChanged, NotForAcceptance, VersionNotFound
from starterkit_terms.models import VersionText, version_model
from starterkit_terms.services.reading import choose


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedText:
    """A version that a user accepts, and the hash of the text they were shown."""

    version: UUID
    content_hash: str

    @classmethod
    def all_of(cls, given: Iterable[Mapping[str, Any]]) -> tuple[Self, ...]:
        """Return one for each item of validated JSON."""
        return tuple(
            cls(version=item["version"], content_hash=item["content_hash"])
            for item in given
        )


def texts_of(accepted: Sequence[AcceptedText], at: datetime) -> list[VersionText]:
    """Return the text of each; a version that is sent twice counts once.

    The hash identifies the language that the user read, so none is ever assumed.

    Raises:
        VersionNotFound: there is no such version, or it has not taken effect.
        DocumentChanged: it was superseded, or no text of it has this hash.
        NotForAcceptance: the document is a notice or a consent.
    """
    current = _current_texts(accepted, at)
    by_content = {(text.version_id, text.content_hash): text for text in current}
    keys = [(sent.version, sent.content_hash) for sent in accepted]
    if unknown := {version for version, _ in set(keys) - by_content.keys()}:
        raise _refusal_of(unknown, current, at)
    found = {version: by_content[version, digest] for version, digest in keys}
    if any(not _is_acceptable(text) for text in found.values()):
        raise NotForAcceptance
    return [*found.values()]


def still_in_force(
    accepted: Sequence[AcceptedText], at: datetime
) -> tuple[AcceptedText, ...]:
    """Return those whose text is in force; one query, and none without any."""
    if not accepted:
        return ()
    current = _current_texts(accepted, at)
    in_force = {(text.version_id, text.content_hash) for text in current}
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


def _is_acceptable(text: VersionText) -> bool:
    document = text.version.document
    return document.nature in document.ACCEPTABLE


def traces_of(client: Client) -> dict[str, str]:
    """Return what is saved about the client that accepted."""
    return {
        "address": coarse(client.address, conf.CLIENT_ADDRESS),
        "user_agent": client.user_agent,
        "platform": client.platform[:32],
        "app_version": client.app_version[:32],
        "request_id": client.request_id,
    }
