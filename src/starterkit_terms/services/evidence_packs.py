"""Writes evidence to a folder or a zip that its own script verifies without us."""

import hashlib
import json
import os
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from django.db.models import QuerySet
from django.utils import timezone

from starterkit_core.db.databases import rows_of
from starterkit_core.utils import moments
from starterkit_terms.models import VersionText
from starterkit_terms.models.acceptance import TRACES
from starterkit_terms.services import evidence_verifier
from starterkit_terms.services.verifying import in_batches

PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700
"""Evidence is personal data: only the user who runs the command reads it."""

TEXT_FIELDS = (
    *("locale", "title", "checkbox", "source", "html", "renderer"),
    *("content_hash", "html_hash"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenPack:
    """What a pack has in it."""

    acts: int
    texts: int
    manifest: str
    """SHA-256 of ``manifest.json``, which has those of the other files."""


@dataclass(slots=True)
class _Written:
    """A file of the pack that is being written; it notes hash, size and lines."""

    file: IO[bytes]
    digest: Any = field(default_factory=hashlib.sha256)
    size: int = 0
    lines: int = 0

    def write(self, data: bytes) -> None:
        self.file.write(data)
        self.digest.update(data)
        self.size += len(data)

    def write_rows(self, rows: Iterable[Mapping[str, Any]]) -> None:
        for row in rows:
            self.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")
            self.lines += 1

    @property
    def facts(self) -> dict[str, Any]:
        return {"sha256": self.digest.hexdigest(), "bytes": self.size}


def write_pack(
    target: Path, about: Mapping[str, str], acts: "QuerySet[Any]", texts_of: set[Any]
) -> WrittenPack:
    """Write acts, their texts, a manifest and the script that verifies them.

    ``target`` is a new folder, or a new zip if its name ends so; ``texts_of`` has ids
    of versions whose texts are added to those of the acts. A few rows are in memory at
    once.

    Raises:
        OSError: the target exists, or cannot be written.
    """
    files: dict[str, dict[str, Any]] = {}
    with _writer(target) as opened:
        versions = set(texts_of)
        with opened("acts.jsonl") as file:
            file.write_rows(_act_rows(acts, versions))
            files["acts.jsonl"] = {**file.facts, "lines": file.lines}
        with opened("texts.jsonl") as file:
            file.write_rows(_text_rows(versions))
            files["texts.jsonl"] = {**file.facts, "lines": file.lines}
        with opened("verify.py") as file:
            file.write(Path(evidence_verifier.__file__).read_bytes())
            files["verify.py"] = file.facts
        digest = _write_manifest(opened, about, files)
    return WrittenPack(
        acts=files["acts.jsonl"]["lines"],
        texts=files["texts.jsonl"]["lines"],
        manifest=digest,
    )


def _write_manifest(
    opened: Any, about: Mapping[str, str], files: Mapping[str, Any]
) -> str:
    manifest = {
        "format": evidence_verifier.FORMAT,
        "made_at": moments.iso(timezone.now()),
        "about": about,
        "files": files,
    }
    with opened("manifest.json") as file:
        file.write(json.dumps(manifest, indent=2, ensure_ascii=False).encode() + b"\n")
        digest: str = file.facts["sha256"]
    with opened("manifest.sha256") as file:
        file.write(f"{digest}  manifest.json\n".encode())
    return digest


@contextmanager
def _writer(target: Path) -> Iterator[Any]:
    """Yield what opens a new file of the pack by its name."""
    if target.suffix != ".zip":
        target.mkdir(mode=PRIVATE_FOLDER)
        yield lambda name: _opened(_created(target / name))
        return
    with (
        _created(target) as file,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as zipped,
    ):
        yield lambda name: _opened(zipped.open(name, "w", force_zip64=True))


@contextmanager
def _opened(file: IO[bytes]) -> Iterator[_Written]:
    with file:
        yield _Written(file)


def _created(path: Path) -> IO[bytes]:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
    return os.fdopen(handle, "wb")


def _act_rows(acts: "QuerySet[Any]", versions: set[Any]) -> Iterator[dict[str, Any]]:
    """Yield each act, and note in ``versions`` which one it was about."""
    for act in in_batches(acts.select_related("version__document")):
        versions.add(act.version_id)
        yield {
            "id": str(act.pk),
            "user": None if act.user_id is None else str(act.user_id),
            "sequence": act.sequence,
            **facts_of(act),
        }


def facts_of(act: Any) -> dict[str, Any]:
    """Return what an act was about, who did it and from where, as JSON."""
    return {
        "document": act.version.document.key,
        "number": act.version.number,
        "label": act.version.label,
        "locale": act.locale,
        "content_hash": act.content_hash,
        "wording": act.wording,
        "actor": act.actor_id,
        "authority": act.authority,
        "organization": act.organization_id,
        "action": act.action,
        "method": act.method,
        "happened_at": moments.iso(act.happened_at),
        "expires_at": act.expires_at and moments.iso(act.expires_at),
        **{trace: getattr(act, trace) for trace in TRACES},
    }


def _text_rows(versions: set[Any]) -> Iterator[dict[str, Any]]:
    """Yield the texts of these versions."""
    for version in sorted(versions):
        texts = rows_of(VersionText).filter(version=version)
        for text in texts.select_related("version__document").order_by("locale"):
            of: Any = text.version
            yield {
                "document": of.document.key,
                "nature": of.document.nature,
                "number": of.number,
                "label": of.label,
                **{name: getattr(text, name) for name in TEXT_FIELDS},
                "published_at": moments.iso(of.published_at),
                "effective_at": moments.iso(of.effective_at),
            }
