"""Finds published texts that were changed, and acts that fit none or are gone."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from starterkit_core.db.databases import rows_of
from starterkit_terms.models import (
    ConsentState,
    VersionText,
    acceptance_model,
    version_model,
)
from starterkit_terms.services.freezing import hashes_of

BATCH = 100
"""How many rows are in memory at once."""


def tampered_texts() -> Iterator[tuple[VersionText, str]]:
    """Yield each published text that its hashes do not fit, and what is wrong."""
    published = rows_of(VersionText).filter(version__published_at__isnull=False)
    for text in in_batches(published.select_related("version__document")):
        content, html = hashes_of(text, text.version)
        if text.content_hash != content:
            yield text, "title, checkbox, text, language, number or key was changed"
        if text.html_hash != html:
            yield text, "the HTML was changed"


def versions_without_text() -> Iterator[Any]:
    """Yield each published version of which no text is left."""
    texts = rows_of(VersionText).filter(version=OuterRef("pk"))
    published = rows_of(version_model()).filter(published_at__isnull=False)
    lost = published.filter(~Exists(texts)).select_related("document")
    yield from in_batches(lost)


def unfounded_acceptances() -> Iterator[Any]:
    """Yield each acceptance whose language, hash, wording no text of its version has.

    Its other values, such as action and time, are in no hash: only the guards keep
    them.
    """
    same = rows_of(VersionText).filter(
        version=OuterRef("version"),
        locale=OuterRef("locale"),
        content_hash=OuterRef("content_hash"),
        checkbox=OuterRef("wording"),
    )
    rows = rows_of(acceptance_model()).filter(~Exists(same))
    yield from in_batches(rows.select_related("version__document"))


def lost_acts() -> Iterator[Any]:
    """Yield each state of which acts are gone; the state says how many there were.

    Whose state is gone, too, has none: ``terms_rebuild_state`` finds acts without one.
    Users whose account is erased have no states.
    """
    acts = rows_of(acceptance_model()).filter(user=OuterRef("user"))
    about = acts.filter(version__document=OuterRef("document")).order_by()
    number = about.values("user").annotate(number=Count("pk")).values("number")
    counted = rows_of(ConsentState).annotate(acts=Coalesce(Subquery(number), 0))
    lost = counted.exclude(acts=F("sequence"))
    yield from in_batches(lost.select_related("document"))


def in_batches(rows: "QuerySet[Any]") -> Iterator[Any]:
    """Yield the rows in the order of their ids, a few at a time.

    ``iterator()`` would do, but with MySQL the client keeps all of them.
    """
    ordered, last = rows.order_by("pk"), None
    while True:
        found = ordered.filter(pk__gt=last) if last else ordered
        batch = [*found[:BATCH]]
        yield from batch
        if len(batch) < BATCH:
            return
        last = batch[-1].pk
