"""Documents as files: ``legal/<key>/<locale>.md``, with YAML in front of the text."""

from collections.abc import Mapping
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from starterkit_core.utils.moments import as_stored
from starterkit_terms.use_cases.publish_document import (
    DraftText,
    PublishDocumentInput,
)

OF_TEXT = frozenset({"title", "checkbox"})
"""What each language has of its own; the rest belongs to the version."""

DATES = ("announce_at", "effective_at", "enforce_at")
OF_VERSION = frozenset(
    {
        "label",
        "summary",
        "class",
        "nature",
        "optional",
        "position",
        "authoritative",
        "audience",
    }
    | {*DATES}
)

CLASSES = ("silent", "inform", "active")
NATURES = ("contract", "notice", "consent", "attestation")

Facts = Mapping[str, Any]


class BadTextFile(Exception):
    """A file or folder cannot be read as a document; the message says why."""


def read_documents(folder: Path) -> list[PublishDocumentInput]:
    """Return one document for each sub-folder; or one, if ``folder`` has the files.

    Raises:
        BadTextFile: there is none, or one is not as it should be.
    """
    alone = any(folder.glob("*.md"))
    found = [folder] if alone else sorted(it.parent for it in folder.glob("*/*.md"))
    if not found:
        raise BadTextFile(f"{folder}: there is no <key>/<locale>.md in it.")
    return [read_document(it) for it in dict.fromkeys(found)]


def read_document(folder: Path) -> PublishDocumentInput:
    """Return the document of one folder, whose name is its key.

    Raises:
        BadTextFile: a file is not as it should be, or two contradict each other.
    """
    files = [(path, *read_file(path)) for path in sorted(folder.glob("*.md"))]
    facts: dict[str, Any] = {}
    for path, given, _ in files:
        for name in given.keys() & OF_VERSION:
            if facts.setdefault(name, given[name]) != given[name]:
                raise BadTextFile(f"{path}: another file has another {name}.")
    if not facts.get("label"):
        raise BadTextFile(f"{folder}: no file has a label.")
    texts = [_text(path, given, source) for path, given, source in files]
    key = folder.resolve().name
    return PublishDocumentInput(key=key, texts=texts, **_version(folder, facts))


def read_file(path: Path) -> tuple[Facts, str]:
    """Return what stands in front of the text, and the text.

    Raises:
        BadTextFile: it cannot be read, or has facts that are not known.
    """
    try:
        content = path.read_text("utf-8-sig").replace("\r\n", "\n")
    except (OSError, UnicodeDecodeError) as error:
        raise BadTextFile(f"Cannot read {path}: {error}") from error
    head, source = _parts(content)
    facts = _yaml(path, head)
    if unknown := sorted(map(str, facts.keys() - OF_TEXT - OF_VERSION)):
        raise BadTextFile(f"{path}: unknown: {', '.join(unknown)}.")
    return facts, source


def heading_of(source: str) -> str:
    """Return the first heading of the highest level, or ``""``."""
    lines = source.splitlines()
    found = (line[2:].strip(" #") for line in lines if line.startswith("# "))
    return next(found, "")


def _parts(content: str) -> tuple[str, str]:
    """Return what stands between two lines of three hyphens, and what follows."""
    if content.startswith("---\n"):
        head, closed, source = content[4:].partition("\n---\n")
        if closed:
            return head, source.lstrip("\n")
    return "", content


def _yaml(path: Path, head: str) -> Facts:
    import yaml  # noqa: PLC0415  # only these commands need it

    try:
        facts = yaml.safe_load(head) or {}
    except (yaml.YAMLError, ValueError) as error:  # ValueError: such as 2026-13-01
        raise BadTextFile(f"{path}: {error}") from error
    if not isinstance(facts, dict):
        raise BadTextFile(f"{path}: write name: value in front of the text.")
    return facts


def _text(path: Path, facts: Facts, source: str) -> DraftText:
    return DraftText(
        locale=path.stem.lower(),
        title=str(facts.get("title") or heading_of(source)),
        checkbox=str(facts.get("checkbox") or ""),
        source=source,
    )


def _version(folder: Path, facts: Facts) -> dict[str, Any]:
    dates = {name: _moment(folder, name, facts.get(name)) for name in DATES}
    return {
        "label": str(facts["label"]),
        "change_summary": str(facts.get("summary") or ""),
        "change_class": _choice(folder, "class", facts, CLASSES),
        "nature": _choice(folder, "nature", facts, NATURES),
        "optional": _flag(folder, facts.get("optional", False)),
        "position": _number(folder, facts.get("position", 0)),
        "audience": str(facts.get("audience") or ""),
        "authoritative_locale": str(facts.get("authoritative") or "").lower(),
        **dates,
    }


def _choice(
    folder: Path, name: str, facts: Facts, choices: tuple[str, ...]
) -> str | None:
    value = facts.get(name)
    if value is not None and value not in choices:
        raise BadTextFile(f"{folder}: {name} is one of {', '.join(choices)}.")
    return value


def _flag(folder: Path, value: object) -> bool:
    if not isinstance(value, bool):
        raise BadTextFile(f"{folder}: optional is true or false.")
    return value


def _number(folder: Path, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadTextFile(f"{folder}: position is a number.")
    return value


def _moment(folder: Path, name: str, value: Any) -> datetime | None:
    """Return a moment as Django stores it; a date begins at midnight, local time."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError as error:
            raise BadTextFile(f"{folder}: {name}: {error}") from error
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, time())
    if value is not None and not isinstance(value, datetime):
        raise BadTextFile(f"{folder}: {name} is a date, such as 2026-12-01.")
    return as_stored(value) if value else None
