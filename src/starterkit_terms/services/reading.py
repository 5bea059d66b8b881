"""Versions in the language of their reader."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import get_language

from starterkit_terms.conf import default_locale
from starterkit_terms.models import AbstractVersion, VersionText
from starterkit_terms.utils.locales import best_locale


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """A version in the language it is shown in."""

    version: AbstractVersion
    text: VersionText
    locales: tuple[str, ...]
    """Every language that has a text."""

    def facts(self) -> dict[str, Any]:
        """Return how a refusal names this wording."""
        return {
            "document": self.version.document.key,
            "title": self.text.title,
            "version": str(self.version.pk),
            "label": self.version.label,
            "locale": self.text.locale,
            "content_hash": self.text.content_hash,
        }


def wordings(versions: "QuerySet[Any]", languages: Sequence[str] = ()) -> list[Wording]:
    """Return each version in its best language, in the order of the documents.

    One query, which leaves the long texts out. Without ``languages``, the active
    language is used.
    """
    texts = VersionText.objects.filter(version__in=versions)
    brief = texts.select_related("version__document").defer("source", "html")
    return choose(brief, languages)


def choose(
    texts: Iterable[VersionText], languages: Sequence[str] = ()
) -> list[Wording]:
    """Return one text of each version: the one in the best language."""
    wanted = languages or (get_language() or "",)
    ordered = sorted(texts, key=_place)
    groups = groupby(ordered, key=attrgetter("version_id"))
    return [_best([*group], wanted) for _, group in groups]


def _place(text: VersionText) -> tuple[Any, ...]:
    document = text.version.document
    return (document.position, document.key, text.version.number, text.locale)


def _best(texts: list[VersionText], wanted: Sequence[str]) -> Wording:
    by_locale = {text.locale: text for text in texts}
    text = by_locale[best_locale(wanted, by_locale, default_locale())]
    return Wording(version=text.version, text=text, locales=tuple(by_locale))
