"""Which versions users must have accepted at a time, as one number: the epoch.

The epoch is made of the versions that are enforced alone. So it changes
when a version is published, when a date passes, and when a document becomes mandatory
or optional, by whatever way that happened; and no two sets of versions share it. That a
user has accepted everything of an epoch stays true for ever, because acceptances do.

Documents with an audience count for those alone whom it covers. So users have different
epochs, and one who joins or leaves an audience has another one from that request on.
"""

import hashlib
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Self

from django.db import connections, router
from django.db.backends.base.base import BaseDatabaseWrapper

from starterkit_core.db.compiled_query import CompiledRows
from starterkit_core.db.databases import after_commit
from starterkit_core.utils.memory import Memory
from starterkit_terms.models import AbstractVersion, version_model
from starterkit_terms.models.version import VersionQuerySet
from starterkit_terms.services.audiences import Membership

NONE = 0
"""The epoch while no version is enforced: users need not accept a document."""

SECONDS = 1.0
"""After so long each process looks again for what was published elsewhere."""


@dataclass(frozen=True, slots=True)
class Enforced:
    """What is enforced at one time, and the epoch that it makes for a user."""

    of_all: int
    """The epoch of a user whom every audience covers."""

    by_audience: tuple[tuple[str, str], ...]
    """The audience and the id of each version; none if all are for everybody."""

    @classmethod
    def of(cls, versions: Iterable[AbstractVersion]) -> Self:
        """Return what these versions make."""
        pairs = [(it.document.audience, str(it.pk)) for it in versions]
        limited = any(audience for audience, _ in pairs)
        return cls(_epoch(pk for _, pk in pairs), tuple(pairs) if limited else ())

    def epoch(self, membership: Membership) -> int:
        """Return the epoch of one user; no policy is asked if all is for everybody."""
        if not self.by_audience:
            return self.of_all
        pairs = self.by_audience
        return _epoch(pk for audience, pk in pairs if membership.covers(audience))


@dataclass(frozen=True, slots=True)
class Epochs:
    """Every epoch by the time when it begins; past and announced."""

    begins: tuple[datetime, ...]
    enforced: tuple["Enforced", ...]
    """The first has no version; then one for each of ``begins``."""

    @classmethod
    def of(cls, versions: Iterable[AbstractVersion]) -> Self:
        """Return the epochs that published versions make."""
        enforced: dict[Any, AbstractVersion] = {}
        begins, all_enforced = [], [Enforced.of(())]
        ordered = sorted(versions, key=_deadline)
        for begin, group in groupby(ordered, key=_deadline):
            for version in group:
                former = enforced.get(version.document_id)
                if former is None or former.number < version.number:
                    enforced[version.document_id] = version
            begins.append(begin)
            all_enforced.append(Enforced.of(enforced.values()))
        return cls(tuple(begins), tuple(all_enforced))

    def at(self, moment: datetime) -> "Enforced":
        """Return what is enforced at this time."""
        return self.enforced[bisect_right(self.begins, moment)]


def _deadline(version: AbstractVersion) -> Any:
    return version.deadline


def _epoch(version_ids: Iterable[str]) -> int:
    """Return a positive number that fits into a column, of these versions only."""
    ids = sorted(version_ids)
    if not ids:
        return NONE
    digest = hashlib.sha256("\n".join(ids).encode()).digest()
    return int.from_bytes(digest[:8], "big") % (2**63 - 1) + 1


def _published() -> VersionQuerySet:
    found: VersionQuerySet = version_model().objects.enforceable()
    return found.select_related("document")


_enforceable = CompiledRows(_published, list)


def read() -> Epochs:
    """Return the epochs as the database has them; one query."""
    return Epochs.of(_enforceable.load())


_known: dict[tuple[str, str], Memory[Epochs]] = {}
"""By database, and by schema for projects that choose one for each tenant."""


def known() -> Memory[Epochs]:
    """Return what this process knows of the epochs."""
    connection = _connection()
    place = connection.alias, str(getattr(connection, "schema_name", ""))
    return _known.get(place) or _known.setdefault(place, Memory(read, SECONDS))


def of_transaction() -> Epochs:
    """Return the epochs as an open transaction sees them; outside of one, as known.

    Its snapshot may be older than what the process knows.
    """
    return read() if _connection().in_atomic_block else known().get()


def forget() -> None:
    """Look again, now and after the commit: this process has changed something."""
    known().forget()
    after_commit(known().forget)


def _connection() -> BaseDatabaseWrapper:
    return connections[router.db_for_write(version_model())]
