"""The audit log in Django's administration, and helpers for large tables there."""

from functools import cached_property
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from starterkit_core.models import AuditEvent


class BoundedPaginator(Paginator):
    """Counts at most ``LIMIT`` rows; administrators search rather than page on."""

    LIMIT = 10_000

    @cached_property
    def count(self) -> int:
        """The number of rows, or the limit when there are more."""
        rows: Any = self.object_list
        return int(rows[: self.LIMIT].count())


class ReadOnlyAdmin(admin.ModelAdmin):
    """Read-only rows of a table of any size, newest first.

    They are only deleted together with the row they belong to; the permission to
    delete that row is enough.
    """

    paginator = BoundedPaginator
    show_full_result_count = False
    ordering = ("-id",)  # ids are ordered by time

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return False: rows are not added here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False: rows are not changed here."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Allow deletion with the row it belongs to, never from its own pages."""
        page = request.resolver_match.url_name if request.resolver_match else None
        own_pages = f"{self.opts.app_label}_{self.opts.model_name}_"
        if str(page).startswith(own_pages):
            return False
        cascades = str(page).endswith(("_delete", "_changelist"))
        return cascades or super().has_delete_permission(request, obj)


def register_active(
    model: type[Model], model_admin: type[admin.ModelAdmin], **options: Any
) -> None:
    """Register the administration of a model in force, unless the host has its own.

    Called in ``AppConfig.ready()``, after ``django.contrib.admin`` has imported the
    ``admin`` modules of all apps. ``options`` replace attributes of ``model_admin``.
    """
    if not admin.site.is_registered(model):
        admin.site.register(model, model_admin, **options)


def added_fields(model: type[Model], ours: type[Model]) -> tuple[str, ...]:
    """Return the editable fields that a host's model has and our abstract one lacks."""
    known = {field.name for field in ours._meta.get_fields()}
    own = (*model._meta.concrete_fields, *model._meta.many_to_many)
    return tuple(f.name for f in own if f.editable and f.name not in known)


class AuditEventAdmin(ReadOnlyAdmin):
    """Audit events; the search takes the id of an event, its actor or its subject."""

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
        """Search indexed columns only, as the table may be very large."""
        term = search_term.strip()
        if not term:
            return queryset, False
        found = Q(subject_id=term) | Q(actor_id=term)
        if key := as_uuid(term):
            found |= Q(pk=key)
        return queryset.filter(found), False


def as_uuid(text: str) -> UUID | None:
    """Return ``text`` as a UUID, or None."""
    try:
        return UUID(text)
    except ValueError:
        return None


admin.site.register(AuditEvent, AuditEventAdmin)
