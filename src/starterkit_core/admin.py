"""The audit log in Django's administration, and helpers for large tables there.

A table may have millions of rows. So our pages count, search, filter and sort by
indexes only, and an action takes the rows that the page named and counted, a few
hundred at most. Host projects may use ``BoundedAdmin`` for large tables of their own.
"""

from collections.abc import Collection, Iterable
from contextlib import suppress
from functools import cached_property, partial
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.contrib.auth import get_permission_codename, get_user_model
from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import IntegrityError, router
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from starterkit_core.addresses import canonical_email
from starterkit_core.db.conflicts import retried
from starterkit_core.db.databases import accounts_database, rows_of, transaction_of
from starterkit_core.models import AuditEvent

OVERTAKEN = _(
    "Nothing was deleted: another request has deleted or changed some of these rows."
)

MOST_USERS = 20
"""How many users with one address a search considers."""


class BoundedPaginator(Paginator):
    """Counts at most ``LIMIT`` rows; administrators search rather than page on."""

    LIMIT = 10_000

    @cached_property
    def count(self) -> int:
        """The number of rows, or the limit when there are more."""
        rows: Any = self.object_list
        if isinstance(rows, QuerySet):
            rows = rows.order_by()  # the database would sort them to count them
        return int(rows[: self.LIMIT].count())


class CountedActionForm(helpers.ActionForm):
    """Chooses an action, and sends along how many rows the page counted."""

    counted = forms.IntegerField(label="", required=False, widget=forms.HiddenInput)


class Overtaken(Exception):
    """Another request has deleted a selected row, or made one that depends on it."""


class WholeDeletions(admin.ModelAdmin):
    """Deletes the selected rows together with their line in the log, or none of them.

    Django's action first saves its log, in another transaction. Of two that delete the
    same rows at once, the second would claim to have deleted them, too; and where an
    administrator was deleted meanwhile, the log would be a server error.
    """

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        """Log deleted rows; ``delete_queryset()`` logs those of a selection."""
        if isinstance(queryset, QuerySet):
            return []
        return super().log_deletions(request, queryset)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Delete the selected rows, in one transaction with the log.

        Raises:
            Overtaken: one is gone, or another row depends on it meanwhile.
            PermissionDenied: Django's; ``check_selected()`` refuses.
        """
        try:
            retried(partial(self._delete_all, request, queryset))
        except IntegrityError as error:
            raise Overtaken from error

    def check_selected(self, request: HttpRequest, keys: Collection[Any]) -> None:
        """Refuse to delete the rows with these ids; called in the transaction.

        The rows and that of the administrator are locked, in the order of their ids.

        Raises:
            Overtaken: one of them is gone.
            PermissionDenied: Django's; the administrator is gone.
        """
        model, actor = get_user_model(), request.user.pk
        if self.opts.concrete_model is model._meta.concrete_model:
            found = _locked(model, {*keys, actor})
            is_here = actor in found
        else:
            is_here = bool(_locked(model, {actor}))
            found = _locked(self.model, keys)
        if not is_here:
            raise PermissionDenied
        if not found >= {*keys}:
            raise Overtaken

    def response_action(
        self,
        request: HttpRequest,
        queryset: QuerySet[Any],
        *args: Any,
        **options: Any,
    ) -> HttpResponse | None:
        """Run the action, and say so if another request was faster."""
        try:
            return super().response_action(request, queryset, *args, **options)
        except Overtaken:
            self.message_user(request, OVERTAKEN, messages.ERROR)
            return None

    def _delete_all(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        # The log refers to the administrator, so it is in the database of the accounts.
        with (
            transaction_of(accounts_database()),
            transaction_of(router.db_for_write(self.model)),
        ):
            self.check_selected(request, {row.pk for row in queryset})
            super().log_deletions(request, queryset)
            super().delete_queryset(request, queryset)


def _locked(model: type[Model], keys: Collection[Any]) -> set[Any]:
    """Return which of these ids there are, and lock their rows."""
    rows = rows_of(model).filter(pk__in=keys).order_by("pk").select_for_update()
    return {*rows.values_list("pk", flat=True)}


class CountedActions(WholeDeletions):
    """Actions take exactly the rows that the page named or counted, or none.

    "Select all" means every row that the list finds when the action begins. If these
    are more than the page counted, or more than ``most_at_once``, the action is
    refused. Django's own "Delete selected" is bounded alike.
    """

    action_form = CountedActionForm
    most_at_once = 500
    """How many rows an action takes at most; a form has 1,000 fields at most."""

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        """Put the number of rows into the form, unless the host has its own form."""
        response = super().changelist_view(request, extra_context)
        context = getattr(response, "context_data", None) or {}
        form = context.get("action_form")
        if form and "counted" in form.fields:
            form.fields["counted"].initial = context["cl"].result_count
        if form and context["cl"].result_count > self.most_at_once:
            # Follows "Select all 10000", in which Django shows this name.
            limit = _("an action takes %d at most") % self.most_at_once
            context["module_name"] = f"{context['module_name']} ({limit})"
        return response

    def response_action(
        self, request: HttpRequest, queryset: QuerySet[Any], *args: Any, **options: Any
    ) -> HttpResponse | None:
        """Run the action, unless there are more rows than it may take."""
        keys: list[Any] = request.POST.getlist(helpers.ACTION_CHECKBOX_NAME)
        if not all(_may_be_key(self.opts.pk, key) for key in keys):
            raise BadRequest
        if _is_across(request):
            found = queryset.order_by().values_list("pk", flat=True)
            keys = [*found[: self.most_at_once + 1]]
            queryset = queryset.filter(pk__in=keys)  # none that is added meanwhile
        if len(keys) > min(self.most_at_once, _counted(request, self.most_at_once)):
            self.message_user(request, self._too_many(), messages.ERROR)
            return None
        return super().response_action(request, queryset, *args, **options)

    def _too_many(self) -> str:
        text = _(
            "Nothing was done: there are more rows than the page counted, or more than "
            "the %d that an action takes at once. Look again, or search for fewer."
        )
        return str(text % self.most_at_once)


def _may_be_key(field: Any, text: str) -> bool:
    """Return whether ``text`` may be an id; Django's admin would let it be a 500."""
    try:
        field.to_python(text)
    except ValidationError:
        return False
    return "\0" not in text


def _is_across(request: HttpRequest) -> bool:
    """Return whether all rows of the list are selected, on this page or not."""
    field = helpers.ActionForm.base_fields["select_across"]
    return bool(field.clean(request.POST.get("select_across")))


def _counted(request: HttpRequest, default: int) -> int:
    """Return the number of rows that the page showed, or ``default`` without one."""
    try:
        return int(request.POST.get("counted") or default)
    except ValueError:
        return 0


class BoundedAdmin(CountedActions):
    """Rows of a table of any size: neither counted to the end nor sorted.

    ``search_fields`` and ``list_filter`` of a subclass should be indexed.
    """

    paginator = BoundedPaginator
    show_full_result_count = False
    sortable_by: ClassVar[tuple[str, ...]] = ()


class ReadOnlyAdmin(BoundedAdmin):
    """Read-only rows of a table of any size, newest first.

    They are only deleted together with the row they belong to; the permission to
    delete that row is enough.
    """

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
        ("actor", "actor_id"),
        ("impersonator", "impersonator_id"),
        ("subject", "subject_type", "subject_id"),
        ("address", "user_agent", "request_id"),
        "reason",
        "facts",
    )
    readonly_fields = ("id", "created_at", "actor", "impersonator", "subject")
    search_fields = ("subject_id",)  # shows the box; the search is below
    search_help_text = _(
        "The whole e-mail address or id of a user, or id of an event or its subject."
    )

    @admin.display(description=_("actor"))
    def actor(self, event: Any) -> str:
        """Return the name of the user who acted, or the id if there is none."""
        return self._name(event, event.actor_id)

    @admin.display(description=_("impersonator"))
    def impersonator(self, event: Any) -> str:
        """Return the name of the user who acted as the actor."""
        return self._name(event, event.impersonator_id)

    @admin.display(description=_("subject"))
    def subject(self, event: Any) -> str:
        """Return the name of the user it is about, or the id of another object."""
        is_user = event.subject_type == get_user_model()._meta.label
        key: str = event.subject_id
        return self._name(event, key) if is_user else key

    def _name(self, event: Any, key: str) -> str:
        if not hasattr(event, "names"):  # on its own page
            ids = (event.actor_id, event.impersonator_id, event.subject_id)
            event.names = names_of({*ids})
        return str(event.names.get(key, key))

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
        found |= Q(impersonator_id__in=ids)
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
    """Return the ids of the users with this address in any case, a few at most.

    By an index where the user model has a column ``email_key``, as ours has.
    """
    model = get_user_model()
    names = {field.name for field in model._meta.concrete_fields}
    name = model.get_email_field_name()
    if "@" not in address or name not in names:
        return []
    same = {f"{name}__iexact": address}
    if "email_key" in names:
        with suppress(ValueError):  # malformed
            same = {"email_key": canonical_email(address)}
    users = rows_of(model).filter(**same)
    return [*users.values_list("pk", flat=True)[:MOST_USERS]]


def as_uuid(text: str) -> UUID | None:
    """Return ``text`` as a UUID, or None."""
    try:
        return UUID(text)
    except ValueError:
        return None


admin.site.register(AuditEvent, AuditEventAdmin)
