"""Export the evidence of a person or of a version, with a script that verifies it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet

from starterkit_core.db.databases import rows_of
from starterkit_core.services import audit
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.pseudonyms import possible_pseudonyms
from starterkit_terms.errors import AcceptanceNotFound, VersionNotFound
from starterkit_terms.models import acceptance_model, version_model
from starterkit_terms.models.acceptance import PSEUDONYM
from starterkit_terms.services.evidence_packs import WrittenPack, write_pack


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportEvidenceInput(Input):
    """Of whom or of what, and where to; either a user or a version."""

    target: Path
    """A new folder, or a new zip if its name ends so."""

    user_id: str = ""
    """The id of a user, who may be erased."""

    document: str = ""
    """The key of a document."""

    number: int = 0
    """Of its version."""


class ExportEvidence(UseCase[ExportEvidenceInput, WrittenPack]):
    """Write a pack of evidence, and record that, with the hash of its manifest.

    Of an erased user it has the acts whose pseudonym this project can still compute.
    The rows are read once and outside the transaction, however many there are.

    Raises:
        VersionNotFound: there is no such version, or it is not published.
        AcceptanceNotFound: there is no act of such a user.
    """

    raises = (VersionNotFound, AcceptanceNotFound)

    def prepare(self) -> None:
        version = None if self.input.user_id else self.find_version()
        acts = self.find_acts(version)
        self.pack = self.write(acts, version)

    def run(self) -> WrittenPack:
        self.record_event(self.pack)
        return self.pack

    def find_version(self) -> Any:
        """Return the version.

        Raises:
            VersionNotFound: there is none, or it is a draft.
        """
        rows = rows_of(version_model()).filter(published_at__isnull=False)
        key, number = self.input.document, self.input.number
        found = rows.filter(document__key=key, number=number).first()
        if found is None:
            raise VersionNotFound
        return found

    def find_acts(self, version: Any) -> QuerySet[Any]:
        """Return the acts about the version, or those of the user.

        Raises:
            AcceptanceNotFound: there is no act of such a user.
        """
        rows = rows_of(acceptance_model())
        if version is not None:
            return rows.filter(version=version.pk)
        mine = rows.filter(self._is_user())
        if not mine.exists():
            raise AcceptanceNotFound
        return mine

    def _is_user(self) -> Q:
        given = self.input.user_id
        try:
            key = get_user_model()._meta.pk.to_python(given)
        except ValidationError as error:
            raise AcceptanceNotFound from error
        hidden = possible_pseudonyms(key, PSEUDONYM)
        return Q(user=key) | Q(user=None, actor_id__in=hidden)

    def write(self, acts: QuerySet[Any], version: Any) -> WrittenPack:
        """Write the files.

        Raises:
            OSError: the target exists, or cannot be written.
        """
        versions = set() if version is None else {version.pk}
        return write_pack(self.input.target, self._about(), acts, versions)

    def _about(self) -> dict[str, str]:
        if self.input.user_id:
            return {"kind": "user", "user": self.input.user_id}
        document, number = self.input.document, self.input.number
        return {"kind": "version", "version": f"{document}@{number}"}

    def record_event(self, pack: WrittenPack) -> None:
        """Record what was exported, and by which hash the pack is known again."""
        users = rows_of(get_user_model())
        about = self._about()
        named = users.filter(pk=about["user"]).first() if "user" in about else None
        # An erased account is named nowhere: the log would undo the pseudonym.
        about.pop("user", None)
        facts = {**about, "number": pack.acts, "manifest": pack.manifest}
        audit.record("terms.evidence_exported", subject=named, facts=facts)
