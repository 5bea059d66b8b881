"""Verifies a pack of evidence that ``manage.py terms_export`` has written.

Run it with Python 3.8 or newer, and no other software, beside the files of the pack:

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
from pathlib import Path

FORMAT = 1
SHOWN = 20


class Wrong(Exception):
    """The pack cannot be read."""


class Pack:
    """The files of a folder or a zip."""

    def __init__(self, place):
        self.place = Path(place)
        self.zipped = None
        if self.place.is_file():
            self.zipped = zipfile.ZipFile(self.place)

    def open(self, name):
        """Return a file for reading bytes."""
        try:
            if self.zipped:
                return self.zipped.open(name)
            return (self.place / name).open("rb")
        except (KeyError, OSError) as error:
            raise Wrong("%s is missing." % name) from error

    def read(self, name):
        """Return all bytes of a small file."""
        with self.open(name) as file:
            return file.read()

    def lines(self, name):
        """Yield the number of each line and its JSON."""
        with self.open(name) as file:
            for number, line in enumerate(io.TextIOWrapper(file, "utf-8"), 1):
                try:
                    yield number, json.loads(line)
                except ValueError as error:
                    raise Wrong("%s, line %d is no JSON." % (name, number)) from error

    def sha256(self, name):
        """Return the SHA-256 of a file, read piece by piece."""
        digest = hashlib.sha256()
        with self.open(name) as file:
            for piece in iter(lambda: file.read(65536), b""):
                digest.update(piece)
        return digest.hexdigest()


def sha256(text):
    """Return the SHA-256 of a text in UTF-8."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def normalized(text):
    """Return a text in Unicode's composed form, with line feeds between lines."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", plain)


def content_hash(text):
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


def manifest_of(pack):
    """Return the manifest, and its hash."""
    raw = pack.read("manifest.json")
    found = hashlib.sha256(raw).hexdigest()
    written = pack.read("manifest.sha256").decode("ascii", "replace")
    if written != "%s  manifest.json\n" % found:
        raise Wrong("manifest.json or manifest.sha256 was changed.")
    manifest = json.loads(raw.decode("utf-8"))
    if manifest.get("format") != FORMAT:
        raise Wrong("This script does not know the format of the pack.")
    return manifest, found


def wrong_files(pack, manifest):
    """Yield a sentence for each file that was changed."""
    for name, about in sorted(manifest["files"].items()):
        if pack.sha256(name) != about["sha256"]:
            yield "%s was changed." % name


def place_of(item):
    """Return which text it is, or which text an act was about."""
    return "%s %s %s" % (item["document"], item["number"], item["locale"])


def wrong_texts(pack, known):
    """Yield a sentence for each text that its hashes do not fit; note it in known."""
    for _, text in pack.lines("texts.jsonl"):
        known[place_of(text)] = (text["content_hash"], text["checkbox"])
        if content_hash(text) != text["content_hash"]:
            yield "The text %s does not fit its hash." % place_of(text)
        if sha256(text["html"]) != text["html_hash"]:
            yield "The HTML of %s does not fit its hash." % place_of(text)


def wrong_acts(pack, known, whole):
    """Yield a sentence for each act that fits no text, and for each gap."""
    sequences = {}
    for number, act in pack.lines("acts.jsonl"):
        if known.get(place_of(act)) != (act["content_hash"], act["wording"]):
            yield "The act %s (line %d) fits no text." % (act["id"], number)
        subject = (act["user"] or act["actor"], act["document"])
        seen = sequences.setdefault(subject, set())
        if act["sequence"] in seen:
            yield "The act %s (line %d) is there twice." % (act["id"], number)
        seen.add(act["sequence"])
    for (subject, document), seen in sequences.items():
        if whole and seen != set(range(1, len(seen) + 1)):
            yield "Acts of %s about %s are missing." % (subject, document)


def wrong_numbers(pack, manifest):
    """Yield a sentence for each file with another number of lines."""
    for name, about in sorted(manifest["files"].items()):
        if "lines" not in about:
            continue
        if sum(1 for _ in pack.lines(name)) != about["lines"]:
            yield "%s has another number of lines." % name


def problems(pack, manifest):
    """Yield a sentence for whatever is wrong."""
    yield from wrong_files(pack, manifest)
    known = {}
    yield from wrong_texts(pack, known)
    yield from wrong_acts(pack, known, manifest["about"]["kind"] == "user")
    yield from wrong_numbers(pack, manifest)


def verify(place, out):
    """Write what is wrong to ``out``; return the status to exit with."""
    found = []
    try:
        pack = Pack(place)
        manifest, digest = manifest_of(pack)
        found.extend(problems(pack, manifest))
    except Wrong as error:
        found.append(str(error))
    except (ValueError, KeyError, TypeError, AttributeError, zipfile.BadZipFile):
        found.append("The pack is damaged: a file is not as it was written.")
    if found:
        out.write("".join("%s\n" % line for line in found[:SHOWN]))
        out.write("NOT the evidence that was exported. Wrong: %d.\n" % len(found))
        return 1
    files = manifest["files"]
    numbers = (files["texts.jsonl"]["lines"], files["acts.jsonl"]["lines"])
    out.write("The evidence is intact: %d texts, %d acts.\n" % numbers)
    out.write("SHA-256 of manifest.json: %s\n" % digest)
    return 0


if __name__ == "__main__":
    given = sys.argv[1] if len(sys.argv) > 1 else Path(__file__).resolve().parent
    sys.exit(verify(given, sys.stdout))
