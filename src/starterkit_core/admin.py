"""The audit log in Django's administration, and helpers for large tables there."""

from collections.abc import Iterable
from contextlib import suppress
from functools import cached_property
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.contrib.auth import get_permission_codename, get_user_model
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from starterkit_core.db.databases import rows_of
from starterkit_core.models import AuditEvent

MOST_USERS = 20
"""How many users with one address a search considers."""


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

    def has_act_permission(self, request: HttpRequest) -> bool:
        """Allow actions with ``permissions=["act"]`` to whom Django lets change rows.

        The rows stay read-only: an action calls a use case.
        """
        name = get_permission_codename("change", self.opts)
        return bool(request.user.has_perm(f"{self.opts.app_label}.{name}"))

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
    """Audit events; the search takes an address, or the id of an event or a user."""

    list_display = ("created_at", "action", "actor", "subject", "address")
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
    search_help_text = _(
        "The whole e-mail address or id of a user, or id of an event or its subject."
    )

    @admin.display(description=_("actor"), ordering="actor_id")
    def actor(self, event: Any) -> str:
        """Return the name of the user who acted, or the id if there is none."""
        return self._name(event, event.actor_id)

    @admin.display(description=_("subject"), ordering="subject_id")
    def subject(self, event: Any) -> str:
        """Return the name of the user it is about, or the id of another object."""
        is_user = event.subject_type == get_user_model()._meta.label
        key: str = event.subject_id
        return self._name(event, key) if is_user else key

    def _name(self, event: Any, key: str) -> str:
        return str(getattr(event, "names", {}).get(key, key))

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Read the users of all events of the page, in one query."""
        changelist = super().get_changelist_instance(request)
        events = [*changelist.result_list]
        names = names_of({key for e in events for key in (e.actor_id, e.subject_id)})
        for event in events:
            event.names = names
        changelist.result_list = events
        return changelist

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Search indexed columns only, as the table may be very large."""
        term = search_term.strip()
        if not term:
            return queryset, False
        ids = [term, *map(str, ids_by_address(term))]
        found = Q(subject_id__in=ids) | Q(actor_id__in=ids)
        if key := as_uuid(term):
            found |= Q(pk=key)
        return queryset.filter(found), False


def names_of(keys: Iterable[str]) -> dict[str, str]:
    """Return the name of each user among ``keys``, ids as text, by its id."""
    model = get_user_model()
    ids = []
    for key in keys:
        with suppress(ValidationError):  # blank, or the id of another object
            ids.append(model._meta.pk.clean(key, None))
    users = rows_of(model).filter(pk__in=ids)
    return {str(user.pk): str(user) for user in users}


def ids_by_address(address: str) -> list[Any]:
    """Return the ids of the users with this address in any case, a few at most."""
    model = get_user_model()
    name = model.get_email_field_name()
    if "@" not in address or name not in {f.name for f in model._meta.concrete_fields}:
        return []
    users = rows_of(model).filter(**{f"{name}__iexact": address})
    return [*users.values_list("pk", flat=True)[:MOST_USERS]]


def as_uuid(text: str) -> UUID | None:
    """Return ``text`` as a UUID, or None."""
    try:
        return UUID(text)
    except ValueError:
        return None


admin.site.register(AuditEvent, AuditEventAdmin)
