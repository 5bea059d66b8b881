"""The hash that identifies one published text."""

import hashlib
import json
import unicodedata


def content_hash(
    *, document: str, number: int, locale: str, title: str, source: str
) -> str:
    """Return the SHA-256 of what users read, in hexadecimal.

    It is taken over canonical JSON: keys sorted, no spaces, UTF-8, title and text
    ``normalized``. Every reader can compute it from what is published.
    """
    content = {
        "document": document,
        "locale": locale,
        "number": number,
        "source": normalized(source),
        "title": normalized(title),
    }
    canonical = json.dumps(
        content, sort_keys=True, ensure_ascii=False, separators=(",", ":")
    )
    return hashlib.sha256(canonical.encode()).hexdigest()


def normalized(text: str) -> str:
    """Return ``text`` in Unicode's composed form, with line feeds between lines."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
