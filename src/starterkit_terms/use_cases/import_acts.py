"""Take over who accepted a text of another package; one batch at a time."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Max

from starterkit_core.db.databases import rows_of
from starterkit_core.services import audit
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import Client
from starterkit_core.utils.moments import as_stored
from starterkit_terms.models import AbstractAcceptance, VersionText, acceptance_model
from starterkit_terms.services.evidence import traces_of
from starterkit_terms.services.former_tables import FormerAct
from starterkit_terms.use_cases.rebuild_states import RebuildStates, RebuildStatesInput


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportActsInput(Input):
    """The acts of a batch, and our versions by the former ids of their texts."""

    source: str
    """The package that they come from."""

    acts: Sequence[FormerAct]
    versions: Mapping[int, Any]
    apply: bool = True
    """Whether to save them; False only counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedActs:
    """How many acts of the batch went which way."""

    imported: int = 0
    known: int = 0
    """Imported before."""

    unusable: int = 0
    """The text was not in force, or there is no such user."""


class ImportActs(UseCase[ImportActsInput, ImportedActs]):
    """Add acts to the ledger as imported evidence, and rebuild what stands.

    They keep their time. An act of the same user about the same version that was
    imported before is known. No signal is sent: the users did not act today.
    """

    def run(self) -> ImportedActs:
        users = self.lock_users()
        usable = [act for act in self.input.acts if self._is_usable(act, users)]
        new = self.find_new(usable)
        if self.input.apply and new:
            numbered = self._numbered(new)
            self.create([self.acceptance_fields(*it) for it in numbered])
            self.rebuild({act.user_id for act in new})
            self.record_event(len(new))
        return ImportedActs(
            imported=len(new),
            known=len(usable) - len(new),
            unusable=len(self.input.acts) - len(usable),
        )

    def lock_users(self) -> set[Any]:
        """Return the ids of the users that there are, locked in their order."""
        ids = {act.user_id for act in self.input.acts}
        rows = rows_of(get_user_model()).filter(pk__in=ids).order_by("pk")
        return {*rows.select_for_update().values_list("pk", flat=True)}

    def _is_usable(self, act: FormerAct, users: set[Any]) -> bool:
        return act.user_id in users and act.text_id in self.input.versions

    def find_new(self, acts: Sequence[FormerAct]) -> list[FormerAct]:
        """Return the acts that were not imported before, in the order of time."""
        versions = self.input.versions
        keys = [it.pk for it in versions.values() if it is not None]
        rows = rows_of(acceptance_model()).filter(
            user__in={act.user_id for act in acts},
            version__in=keys,
            method=AbstractAcceptance.Method.IMPORTED,
        )
        known = {*rows.values_list("user_id", "version_id")}
        new: dict[Any, FormerAct] = {}
        for act in sorted(acts, key=lambda it: it.happened_at):
            version = versions[act.text_id]
            pair = (act.user_id, version.pk if version else act.text_id)
            if pair not in known:
                new.setdefault(pair, act)
        return [*new.values()]

    def _numbered(
        self, acts: Sequence[FormerAct]
    ) -> list[tuple[FormerAct, VersionText, int]]:
        """Return each act with its text, and its number after those that there are."""
        numbers, texts, found = self._find_numbers(acts), self._find_texts(), []
        for act in acts:
            version = self.input.versions[act.text_id]
            key = (act.user_id, version.document_id)
            numbers[key] += 1
            found.append((act, texts[version.pk], numbers[key]))
        return found

    def create(self, rows: Sequence[dict[str, Any]]) -> None:
        """Insert the rows."""
        model = acceptance_model()
        model.objects.bulk_create([model(**row) for row in rows])

    def _find_numbers(self, acts: Sequence[FormerAct]) -> dict[Any, int]:
        """Return how many acts there are, by user and document."""
        users = {act.user_id for act in acts}
        rows = rows_of(acceptance_model()).filter(user__in=users)
        grouped = rows.order_by().values_list("user_id", "version__document_id")
        found = grouped.annotate(last=Max("sequence"))
        return defaultdict(int, {(user, about): last for user, about, last in found})

    def _find_texts(self) -> dict[Any, Any]:
        keys = [version.pk for version in self.input.versions.values()]
        rows = rows_of(VersionText).filter(version__in=keys).defer("source", "html")
        return {text.version_id: text for text in rows.select_related("version")}

    def acceptance_fields(
        self, act: FormerAct, text: VersionText, sequence: int
    ) -> dict[str, Any]:
        """Return the values of a new row; a host adds those of its own model."""
        return {
            "user_id": act.user_id,
            "actor_id": str(act.user_id),
            "version": text.version,
            "sequence": sequence,
            "locale": text.locale,
            "content_hash": text.content_hash,
            "wording": text.checkbox,
            "action": AbstractAcceptance.Action.ACCEPTED,
            "method": AbstractAcceptance.Method.IMPORTED,
            "happened_at": as_stored(act.happened_at),
            **traces_of(Client(address=act.address)),
        }

    def rebuild(self, users: set[Any]) -> None:
        """Derive what stands for these users from all of their acts."""
        given = RebuildStatesInput(users=sorted(users), apply=True)
        RebuildStates.execute(given)

    def record_event(self, number: int) -> None:
        """Record how many acts were imported."""
        facts = {"source": self.input.source, "number": number}
        audit.record("terms.evidence_imported", facts=facts)
