"""The hash that identifies one published text."""

import hashlib
import json
import unicodedata


def content_hash(
    *,
    document: str,
    number: int,
    locale: str,
    title: str,
    checkbox: str,
    source: str,
) -> str:
    """Return the SHA-256 of what users read, in hexadecimal.

    It is taken over canonical JSON: keys sorted, no spaces, UTF-8; title, checkbox and
    text are ``normalized``. Every reader can compute it from what is published.
    """
    content = {
        "checkbox": normalized(checkbox),
        "document": document,
        "locale": locale,
        "number": number,
        "source": normalized(source),
        "title": normalized(title),
    }
    canonical = json.dumps(
        content, sort_keys=True, ensure_ascii=False, separators=(",", ":")
    )
    return sha256(canonical)


def sha256(text: str) -> str:
    """Return the SHA-256 of ``text`` in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def normalized(text: str) -> str:
    """Return ``text`` in Unicode's composed form, with line feeds between lines."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
