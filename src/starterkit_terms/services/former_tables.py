"""The tables of other packages for terms, as models of their own: none is installed.

* django-termsandconditions, ``termsandconditions/models.py`` at
  https://github.com/cyface/django-termsandconditions, commit
  5c81cd72a81e2a2715b5617c943500b1525c3d0e
* django-tos, ``tos/models.py`` and its migration 0001 at
  https://github.com/revsys/django-tos, commit
  a2b3e24173fd1d95203cf51efdda334988ea830e
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.apps.registry import Apps
from django.contrib.auth import get_user_model
from django.db import connections, models
from django.db.models import QuerySet

from starterkit_core.db.databases import accounts_database

CHUNK = 500
"""How many acts are in memory at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerVersion:
    """A text of the other package."""

    key: str
    """Of the document."""

    label: str
    title: str
    source: str
    summary: str
    effective_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerAct:
    """That a user accepted a text of the other package."""

    user_id: Any
    text_id: int
    happened_at: datetime
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A package, and how its rows are read."""

    name: str
    tables: tuple[str, str]
    """Of the texts, and of the acts."""

    versions: Callable[[str], dict[int, FormerVersion]]
    """Return the texts that were in force, the first one first, by their ids; its
    argument is the key of the document, if the package has none."""

    act: Callable[[Any], FormerAct]
    acts: Callable[[], QuerySet[Any]]

    def is_there(self) -> bool:
        """Return whether the database has both tables."""
        connection = connections[accounts_database()]
        return {*self.tables} <= {*connection.introspection.table_names()}

    def pages(self) -> Iterator[list[FormerAct]]:
        """Yield the acts, up to ``CHUNK`` at a time, in the order of their ids."""
        rows, last = self.acts().order_by("pk"), 0
        while page := [*rows.filter(pk__gt=last)[:CHUNK]]:
            yield [self.act(row) for row in page]
            last = page[-1].pk


def _conditions_versions(key: str) -> dict[int, FormerVersion]:
    del key  # the package has a slug for each document
    rows = _rows(_conditions()).filter(date_active__isnull=False)
    return {
        row.pk: FormerVersion(
            key=row.slug,
            label=f"{row.version_number:.2f}",
            title=row.name,
            source=row.text,
            summary=row.info,
            effective_at=row.date_active,
        )
        for row in rows.order_by("date_active", "pk")
    }


def _conditions_act(row: Any) -> FormerAct:
    return FormerAct(
        user_id=row.user_id,
        text_id=row.terms_id,
        happened_at=row.date_accepted,
        address=row.ip_address or "",
    )


def _tos_versions(key: str) -> dict[int, FormerVersion]:
    # Exactly one is active; whichever it is comes last, so it is in force here, too.
    return {
        row.pk: FormerVersion(
            key=key,
            label=f"{row.created:%Y-%m-%d} ({row.pk})",
            title="Terms of Service",
            source=row.content,
            summary="",
            effective_at=row.created,
        )
        for row in _rows(_tos()).order_by("active", "created", "pk")
    }


def _tos_act(row: Any) -> FormerAct:
    return FormerAct(
        user_id=row.user_id, text_id=row.terms_of_service_id, happened_at=row.created
    )


def _rows(model: type[models.Model]) -> QuerySet[Any]:
    return QuerySet(model, using=accounts_database())


def _mapped(table: str, /, **columns: "models.Field[Any, Any]") -> type[models.Model]:
    """Return a model of a table; the project's registry of models does not have it."""
    options = {
        "app_label": "starterkit_terms",
        "apps": Apps(),
        "db_table": table,
        "managed": False,
    }
    meta = type("Meta", (), options)
    body = {
        "__module__": __name__,
        "Meta": meta,
        "id": models.AutoField(primary_key=True),
    }
    return type("Former", (models.Model,), {**body, **columns})


def _user_column() -> "models.Field[Any, Any]":
    """Return a column that has ids of users, of the kind that the project has."""
    key: Any = get_user_model()._meta.pk
    while key.remote_field:
        key = key.target_field
    if isinstance(key, models.UUIDField):
        return models.UUIDField()
    if isinstance(key, models.IntegerField):
        return models.BigIntegerField()
    return models.CharField(max_length=255)


@cache
def _conditions() -> type[models.Model]:
    return _mapped(
        "termsandconditions_termsandconditions",
        slug=models.SlugField(),
        name=models.TextField(),
        version_number=models.DecimalField(decimal_places=2, max_digits=6),
        text=models.TextField(),
        info=models.TextField(),
        date_active=models.DateTimeField(null=True),
    )


def _conditions_acts() -> QuerySet[Any]:
    return _rows(
        _mapped(
            "termsandconditions_usertermsandconditions",
            user_id=_user_column(),
            terms_id=models.IntegerField(),
            ip_address=models.GenericIPAddressField(null=True),
            date_accepted=models.DateTimeField(),
        )
    )


@cache
def _tos() -> type[models.Model]:
    return _mapped(
        "tos_termsofservice",
        created=models.DateTimeField(),
        active=models.BooleanField(),
        content=models.TextField(),
    )


def _tos_acts() -> QuerySet[Any]:
    return _rows(
        _mapped(
            "tos_useragreement",
            user_id=_user_column(),
            terms_of_service_id=models.IntegerField(),
            created=models.DateTimeField(),
        )
    )


TERMSANDCONDITIONS = Source(
    name="django-termsandconditions",
    tables=(
        "termsandconditions_termsandconditions",
        "termsandconditions_usertermsandconditions",
    ),
    versions=_conditions_versions,
    acts=_conditions_acts,
    act=_conditions_act,
)

TOS = Source(
    name="django-tos",
    tables=("tos_termsofservice", "tos_useragreement"),
    versions=_tos_versions,
    acts=_tos_acts,
    act=_tos_act,
)
