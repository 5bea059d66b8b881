"""The log in Django's administration, and what makes big tables bearable there."""

from functools import cached_property
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from starterkit_core.models import AuditEvent


class BoundedPaginator(Paginator):
    """Counts no further than anybody would turn pages; beyond that people search."""

    LIMIT = 10_000

    @cached_property
    def count(self) -> int:
        """The number of rows, or the limit when there are more."""
        rows: Any = self.object_list
        return int(rows[: self.LIMIT].count())


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows to look at, at any number of them, the newest first.

    They go with what they belong to: who may delete that, need not ask for these.
    """

    paginator = BoundedPaginator
    show_full_result_count = False
    ordering = ("-id",)  # ids are ordered by time

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Let nobody add one."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Let nobody change one."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Let one be deleted with what it belongs to, and never by itself."""
        page = request.resolver_match.url_name if request.resolver_match else None
        own = f"{self.opts.app_label}_{self.opts.model_name}_"
        if str(page).startswith(own):
            return False
        deletes = str(page).endswith(("_delete", "_changelist"))
        return deletes or super().has_delete_permission(request, obj)


class AuditEventAdmin(ReadOnlyAdmin):
    """Who did what to whom, found by the id of an event or of whom it is about."""

    list_display = ("created_at", "action", "actor_id", "subject_id", "address")
    fields = (
        "id",
        "created_at",
        "action",
        ("actor_id", "subject_type", "subject_id"),
        ("address", "user_agent", "request_id"),
        "facts",
    )
    readonly_fields = ("id", "created_at")
    search_fields = ("subject_id",)  # shows the box; the search is below
    search_help_text = _("The whole id of an event, or of who acted or was acted on.")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Search by what has an index, for the table may be very long."""
        term = search_term.strip()
        if not term:
            return queryset, False
        found = Q(subject_id=term) | Q(actor_id=term)
        if key := as_uuid(term):
            found |= Q(pk=key)
        return queryset.filter(found), False


def as_uuid(text: str) -> UUID | None:
    """Return the UUID in ``text``, if it is one."""
    try:
        return UUID(text)
    except ValueError:
        return None


admin.site.register(AuditEvent, AuditEventAdmin)
