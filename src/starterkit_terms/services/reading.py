"""Versions in the language of their reader."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, reduce
from itertools import groupby
from operator import attrgetter, or_
from typing import Any
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import DateTimeField, Q, QuerySet
from django.utils.translation import get_language

from starterkit_core.db.compiled_query import CompiledRows
from starterkit_terms.conf import default_locale
from starterkit_terms.models import AbstractVersion, VersionText, version_model
from starterkit_terms.services import asked
from starterkit_terms.services.audiences import Membership
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


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentWording(Wording):
    """The version in force of a document, and those that are announced."""

    upcoming: tuple[Wording, ...]


def with_upcoming(current: Iterable[Wording], at: datetime) -> list[DocumentWording]:
    """Return what is in force, each with what is announced of the same document."""
    ahead: dict[Any, list[Wording]] = {}
    in_force = []
    for wording in current:
        effective_at = wording.version.effective_at
        if effective_at and effective_at <= at:
            in_force.append(wording)
        else:
            ahead.setdefault(wording.version.document_id, []).append(wording)
    return [
        DocumentWording(
            version=wording.version,
            text=wording.text,
            locales=wording.locales,
            upcoming=tuple(ahead.get(wording.version.document_id, ())),
        )
        for wording in in_force
    ]


def wordings(versions: "QuerySet[Any]", languages: Sequence[str] = ()) -> list[Wording]:
    """Return each version in its best language, in the order of the documents.

    One query, which leaves the long texts out. Without ``languages``, the active
    language is used.
    """
    return choose(_brief(versions), languages)


def outstanding_wordings(
    user: AbstractBaseUser, at: datetime, languages: Sequence[str] = ()
) -> list[Wording]:
    """Return what ``user`` has still to accept or to decide on; one query."""
    return only_for(user, choose(_found(_outstanding, user, at), languages))


def blocking_wordings(
    user: AbstractBaseUser, at: datetime, languages: Sequence[str] = ()
) -> list[Wording]:
    """Return what ``user`` must accept before going on; one query."""
    return only_for(user, choose(_found(_blocking, user, at), languages))


def only_for(user: AbstractBaseUser, found: Iterable[Wording]) -> list[Wording]:
    """Keep what is for everybody, or for an audience that covers ``user``."""
    membership = Membership(user)
    return [it for it in found if membership.covers(it.version.document.audience)]


def current_wordings(at: datetime, languages: Sequence[str] = ()) -> list[Wording]:
    """Return what is in force or announced of each document; one query."""
    if asked.are_ours():
        return choose(_current.load(at), languages)
    return wordings(version_model().objects.current(at), languages)


def upcoming_wordings(at: datetime, languages: Sequence[str] = ()) -> list[Wording]:
    """Return what is announced of mandatory documents, but no silent change."""
    if asked.are_ours():
        return choose(_upcoming.load(at), languages)
    return wordings(_announced(at), languages)


def _announced(at: Any) -> "QuerySet[Any]":
    silent = AbstractVersion.ChangeClass.SILENT
    ahead = version_model().objects.upcoming(at).mandatory()
    told: QuerySet[Any] = ahead.exclude(change_class=silent)
    return told


def full_texts(ids: Sequence[UUID]) -> dict[UUID, VersionText]:
    """Return texts by id, with their source and HTML; one query."""
    found = _texts(len(ids)).load(*ids) if ids else []
    return {text.pk: text for text in found}


@cache
def _texts(number: int) -> CompiledRows:
    """Return the question for so many texts: documents are few."""

    def build(*ids: Any) -> "QuerySet[Any]":
        return VersionText.objects.filter(reduce(or_, (Q(pk=pk) for pk in ids)))

    return CompiledRows(build, lambda: [VersionText._meta.pk] * number)


def _brief(versions: "QuerySet[Any]") -> "QuerySet[Any]":
    texts = VersionText.objects.filter(version__in=versions.values("pk"))
    return texts.select_related("version__document").defer("source", "html")


_current = CompiledRows(
    lambda at: _brief(version_model().objects.current(at)), lambda: [DateTimeField()]
)
_outstanding = CompiledRows(
    lambda *about: _brief(asked.outstanding(*about)), asked.fields
)
_upcoming = CompiledRows(lambda at: _brief(_announced(at)), lambda: [DateTimeField()])
_blocking = CompiledRows(lambda *about: _brief(asked.blocking(*about)), asked.fields)


def _found(question: CompiledRows, user: AbstractBaseUser, at: datetime) -> list[Any]:
    # A manager of the host may ask the user for more than the id.
    if asked.are_ours():
        return question.load(user.pk, at)
    versions = version_model().objects
    ask = versions.outstanding if question is _outstanding else versions.blocking
    return [*_brief(ask(user, at))]


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
