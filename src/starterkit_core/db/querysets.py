"""What the querysets of our models share."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.db import models, router

F = TypeVar("F", bound=Callable[..., Any])
M = TypeVar("M", bound=models.Model)


class WriterQuerySet(models.QuerySet[M]):
    """Rows of the database that is written to, as a replica is behind.

    ``using()`` chooses another one.
    """

    _db: str | None  # these two are Django's, and its type stubs leave them out
    _hints: dict[str, Any]

    @property
    def db(self) -> str:
        """The alias of the database that is queried."""
        return self._db or router.db_for_write(self.model, **self._hints)


def alters_data(method: F) -> F:
    """Mark a method that changes rows, so that templates do not call it."""
    vars(method)["alters_data"] = True
    return method


def queryset_only(method: F) -> F:
    """Mark a method that managers do not copy: it would apply to every row."""
    vars(method)["queryset_only"] = True
    return method
