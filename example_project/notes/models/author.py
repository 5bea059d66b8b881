from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Count, Max, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from example_project.notes.conf import conf
from example_project.notes.models.note import Note
from example_project.notes.models.visit import Visit
from starterkit_users.models import User


class AuthorQuerySet(models.QuerySet["Author"]):
    """Queries for authors."""

    def with_activity(self) -> Self:
        """Add ``notes_written`` and ``last_visit_at`` to each.

        Subqueries, which the database answers for the rows that are read, not for all.
        """
        notes = Note.objects.filter(owner=OuterRef("pk")).order_by()
        written = notes.values("owner").annotate(written=Count("pk")).values("written")
        visits = Visit.objects.filter(user=OuterRef("pk")).order_by()
        last = visits.values("user").annotate(last=Max("last_seen_at")).values("last")
        return self.annotate(
            notes_written=Coalesce(Subquery(written), 0), last_visit_at=Subquery(last)
        )


class Author(User):
    """A user as an author: the same row, with methods of this app."""

    objects: ClassVar[Any] = AuthorQuerySet.as_manager()

    class Meta:
        proxy = True
        verbose_name = _("author")
        verbose_name_plural = _("authors")

    def has_room(self) -> bool:
        """Return whether this user may keep another note."""
        return bool(Note.objects.of(self).count() < conf.MAX_NOTES)
