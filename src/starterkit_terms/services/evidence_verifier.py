"""Verifies a pack of evidence that ``manage.py terms_export`` has written.

Run it with Python 3.9 or newer, and no other software, beside the files of the pack:

    python -I verify.py

or with the folder or the zip of a pack as its argument. It ends with 0 if the texts fit
their hashes, the acts fit the texts, and no file was changed; with 1 otherwise.

It shows that the pack is as it was written. Who wrote it can write another one: compare
the hash that it prints with the one in the audit log of the service.
"""

import hashlib
import io
import json
import sys
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FORMAT = 1
SHOWN = 20
COUNTED = ("texts.jsonl", "acts.jsonl")

DAMAGES = (
    *(ValueError, KeyError, TypeError, AttributeError, EOFError, RuntimeError),
    *(zipfile.BadZipFile, zlib.error),
)
"""What reading a pack raises that is not as it was written."""


class Wrong(Exception):
    """The pack cannot be read."""


class Pack:
    """The files of a folder or a zip."""

    def __init__(self, place: Any) -> None:
        self.place = Path(place)
        is_file = self.place.is_file()
        self.zipped = zipfile.ZipFile(self.place) if is_file else None

    def open(self, name: str) -> Any:
        """Return a file for reading bytes."""
        try:
            if self.zipped:
                return self.zipped.open(name)
            return (self.place / name).open("rb")
        except (KeyError, OSError) as error:
            raise Wrong(f"{name} is missing.") from error

    def read(self, name: str) -> Any:
        """Return all bytes of a small file."""
        with self.open(name) as file:
            return file.read()

    def lines(self, name: str) -> Iterator[Any]:
        """Yield the number of each line and its JSON."""
        with self.open(name) as file:
            for number, line in enumerate(io.TextIOWrapper(file, "utf-8"), 1):
                try:
                    yield number, json.loads(line)
                except ValueError as error:
                    raise Wrong(f"{name}, line {number} is no JSON.") from error

    def sha256(self, name: str) -> str:
        """Return the SHA-256 of a file, read piece by piece."""
        digest = hashlib.sha256()
        with self.open(name) as file:
            for piece in iter(lambda: file.read(65536), b""):
                digest.update(piece)
        return digest.hexdigest()


def sha256(text: str) -> str:
    """Return the SHA-256 of a text in UTF-8."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def normalized(text: str) -> str:
    """Return a text in Unicode's composed form, with line feeds between lines."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", plain)


def content_hash(text: Any) -> str:
    """Return the hash of what users read: SHA-256 of canonical JSON."""
    content = {
        "checkbox": normalized(text["checkbox"]),
        "document": text["document"],
        "locale": text["locale"],
        "number": text["number"],
        "source": normalized(text["source"]),
        "title": normalized(text["title"]),
    }
    canonical = json.dumps(
        content, sort_keys=True, ensure_ascii=False, separators=(",", ":")
    )
    return sha256(canonical)


def manifest_of(pack: Pack) -> Any:
    """Return the manifest, and its hash."""
    raw = pack.read("manifest.json")
    found = hashlib.sha256(raw).hexdigest()
    written = pack.read("manifest.sha256").decode("ascii", "replace")
    if written != f"{found}  manifest.json\n":
        raise Wrong("manifest.json or manifest.sha256 was changed.")
    manifest = json.loads(raw.decode("utf-8"))
    if manifest.get("format") != FORMAT:
        raise Wrong("This script does not know the format of the pack.")
    return manifest, found


def wrong_files(pack: Pack, manifest: Any) -> Iterator[str]:
    """Yield a sentence for each file that was changed."""
    for name, about in sorted(manifest["files"].items()):
        if pack.sha256(name) != about["sha256"]:
            yield f"{name} was changed."


def place_of(item: Any) -> str:
    """Return which text it is, or which text an act was about."""
    return f"{item['document']} {item['number']} {item['locale']}"


def wrong_texts(pack: Pack, known: Any) -> Iterator[str]:
    """Yield a sentence for each text that its hashes do not fit; note it in known."""
    for _, text in pack.lines("texts.jsonl"):
        known[place_of(text)] = (text["content_hash"], text["checkbox"])
        if content_hash(text) != text["content_hash"]:
            yield f"The text {place_of(text)} does not fit its hash."
        if sha256(text["html"]) != text["html_hash"]:
            yield f"The HTML of {place_of(text)} does not fit its hash."


def wrong_acts(pack: Pack, known: Any, *, whole: bool) -> Iterator[str]:
    """Yield a sentence for each act that fits no text, and for each gap."""
    sequences: Any = {}
    for number, act in pack.lines("acts.jsonl"):
        if known.get(place_of(act)) != (act["content_hash"], act["wording"]):
            yield f"The act {act['id']} (line {number}) fits no text."
        subject = (act["user"] or act["actor"], act["document"])
        seen = sequences.setdefault(subject, set())
        if act["sequence"] in seen:
            yield f"The act {act['id']} (line {number}) is there twice."
        seen.add(act["sequence"])
    for (subject, document), seen in sequences.items():
        if whole and seen != set(range(1, len(seen) + 1)):
            yield f"Acts of {subject} about {document} are missing."


def wrong_numbers(pack: Pack, manifest: Any) -> Iterator[str]:
    """Yield a sentence for each file with another number of lines."""
    for name, about in sorted(manifest["files"].items()):
        if "lines" not in about:
            continue
        if sum(1 for _ in pack.lines(name)) != about["lines"]:
            yield f"{name} has another number of lines."


def problems(pack: Pack, manifest: Any) -> Iterator[str]:
    """Yield a sentence for whatever is wrong."""
    yield from wrong_files(pack, manifest)
    known: Any = {}
    whole = manifest["about"]["kind"] == "user"
    yield from wrong_texts(pack, known)
    yield from wrong_acts(pack, known, whole=whole)
    yield from wrong_numbers(pack, manifest)


def verify(place: Any, out: Any) -> int:
    """Write what is wrong to ``out``; return the status to exit with."""
    try:
        pack = Pack(place)
        manifest, digest = manifest_of(pack)
        found = [*problems(pack, manifest)]
        texts, acts = (manifest["files"][name]["lines"] for name in COUNTED)
    except Wrong as error:
        return refuse([str(error)], out)
    except DAMAGES:
        return refuse(["The pack is damaged: a file is not as it was written."], out)
    if found:
        return refuse(found, out)
    out.write(f"The evidence is intact: {texts} texts, {acts} acts.\n")
    out.write(f"SHA-256 of manifest.json: {digest}\n")
    return 0


def refuse(found: Any, out: Any) -> int:
    """Write what is wrong; return the status to exit with."""
    out.write("".join(f"{line}\n" for line in found[:SHOWN]))
    out.write(f"NOT the evidence that was exported. Wrong: {len(found)}.\n")
    return 1


if __name__ == "__main__":
    given = sys.argv[1] if len(sys.argv) > 1 else Path(__file__).resolve().parent
    sys.exit(verify(given, sys.stdout))
