"""The frozen form of a text, and the number of a version."""

from collections.abc import Iterable

from django.db import models

from starterkit_terms.models import (
    AbstractDocument,
    AbstractVersion,
    VersionText,
    document_model,
    version_model,
)
from starterkit_terms.services.rendering import render, renderer
from starterkit_terms.utils.content_hash import content_hash, normalized, sha256


def next_number(document: AbstractDocument) -> int:
    """Lock the document and return the number of its next version."""
    document_model().objects.select_for_update().get(pk=document.pk)
    existing = version_model().objects.filter(document=document.pk)
    highest = existing.aggregate(highest=models.Max("number"))["highest"]
    return (highest or 0) + 1


FROZEN = (
    "title",
    "checkbox",
    "source",
    "html",
    "renderer",
    "content_hash",
    "html_hash",
)
"""The columns that ``freeze()`` sets."""

UNFROZEN = dict.fromkeys(("html", "renderer", "content_hash", "html_hash"), "")
"""What a draft has in those that people do not write."""


def freeze(text: VersionText, version: AbstractVersion) -> None:
    """Set HTML, renderer and hashes of ``text``; the caller saves ``FROZEN``."""
    for name in ("title", "checkbox", "source"):
        setattr(text, name, normalized(getattr(text, name)))
    text.html, text.renderer = render(text.source), renderer()
    text.content_hash, text.html_hash = hashes_of(text, version)


def hashes_of(text: VersionText, version: AbstractVersion) -> tuple[str, str]:
    """Return the hash of what users read, and that of its HTML, as of these values."""
    content = content_hash(
        document=version.document.key,
        number=version.number,
        locale=text.locale,
        title=text.title,
        checkbox=text.checkbox,
        source=text.source,
    )
    return content, sha256(text.html)


def wording_of(texts: Iterable[VersionText]) -> set[tuple[str, ...]]:
    """Return what users read, in each language, to compare two versions."""
    names = ("locale", "title", "checkbox", "source")
    return {tuple(normalized(getattr(text, name)) for name in names) for text in texts}
