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
from starterkit_terms.utils.content_hash import content_hash, normalized


def next_number(document: AbstractDocument) -> int:
    """Lock the document and return the number of its next version."""
    document_model().objects.select_for_update().get(pk=document.pk)
    existing = version_model().objects.filter(document=document.pk)
    highest = existing.aggregate(highest=models.Max("number"))["highest"]
    return (highest or 0) + 1


def freeze(text: VersionText, version: AbstractVersion) -> None:
    """Set HTML, renderer and hash of ``text``; the caller saves it."""
    text.title, text.source = normalized(text.title), normalized(text.source)
    text.html, text.renderer = render(text.source), renderer()
    text.content_hash = content_hash(
        document=version.document.key,
        number=version.number,
        locale=text.locale,
        title=text.title,
        source=text.source,
    )


def wording_of(texts: Iterable[VersionText]) -> set[tuple[str, str, str]]:
    """Return what users read, in each language, to compare two versions."""
    return {
        (text.locale, normalized(text.title), normalized(text.source)) for text in texts
    }
