"""What differs between the files of a document and what is published."""

from collections.abc import Iterator
from typing import Any

from django.utils import timezone

from starterkit_core.db.databases import rows_of
from starterkit_terms.models import VersionText, document_model, version_model
from starterkit_terms.services.freezing import wording_of
from starterkit_terms.use_cases.publish_document import PublishDocumentInput


def drift_of(given: PublishDocumentInput) -> Iterator[str]:
    """Yield a line for each difference from the version that was published last.

    What is in force counts too while that is only scheduled.
    """
    document = rows_of(document_model()).filter(key=given.key).first()
    versions = _candidates(document)
    if document is None or not versions:
        yield f"{given.key}: it is not published."
        return
    if given.nature not in {None, document.nature}:
        yield f"{given.key}: its nature is {document.nature}, not {given.nature}."
    differences = [[*_differences(given, version)] for version in versions]
    if all(differences):
        yield from differences[0]


def _candidates(document: Any) -> list[Any]:
    if document is None:
        return []
    versions = rows_of(version_model()).filter(
        document=document.pk, published_at__isnull=False
    )
    now = timezone.now()
    effective = versions.filter(effective_at__lte=now).order_by("-number")
    ahead = versions.filter(effective_at__gt=now).order_by("-number")
    found = [*ahead[:1], *effective[:1]]
    return sorted(found, key=lambda it: it.number, reverse=True)


def _differences(given: PublishDocumentInput, version: Any) -> Iterator[str]:
    place = f"{given.key} {version.label}"
    if version.label != given.label:
        yield f"{place}: the files have the label {given.label}."
    texts = rows_of(VersionText).filter(version=version.pk)
    published = wording_of(texts)
    ours = wording_of([_row(text) for text in given.texts])
    for locale in sorted({row[0] for row in published ^ ours}):
        yield f"{place}: the text in {locale} differs."


def _row(text: Any) -> VersionText:
    names = ("locale", "title", "checkbox", "source")
    return VersionText(**{name: getattr(text, name) for name in names})
