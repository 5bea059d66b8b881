"""Documents in Django's administration.

Registered for the models in force, ours or those that the host swapped in, unless the
host's own ``admin`` module registers another class for them.
"""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from starterkit_core.admin import (
    CountedActions,
    ReadOnlyAdmin,
    added_fields,
    as_uuid,
    ids_by_address,
    register_active,
)
from starterkit_core.errors import DomainError
from starterkit_core.http.client import client_of
from starterkit_terms.models import (
    AbstractVersion,
    VersionText,
    acceptance_model,
    document_model,
    version_model,
)
from starterkit_terms.models.document import LOCKED
from starterkit_terms.services.freezing import next_number
from starterkit_terms.use_cases.publish_version import (
    PublishVersion,
    PublishVersionInput,
)


class DocumentAdmin(CountedActions):
    """Documents; key and nature are read-only once a version is published."""

    list_display = ("title", "key", "nature", "mandatory", "position")
    prepopulated_fields = {"key": ("title",)}

    def get_readonly_fields(
        self, request: HttpRequest, obj: Any | None = None
    ) -> tuple[str, ...]:
        """Return the fields that published versions depend on."""
        return LOCKED if self._is_published(obj) else ()

    def get_prepopulated_fields(
        self, request: HttpRequest, obj: Any | None = None
    ) -> dict[str, Any]:
        """Fill in the key from the title, unless it is read-only."""
        return {} if self._is_published(obj) else {"key": ("title",)}

    def _is_published(self, obj: Any | None) -> bool:
        stored = self.model._default_manager.filter(pk=obj.pk) if obj else None
        return stored is not None and stored.published().exists()


class _UntilPublished:
    """Forbids to change or delete a version once it is published."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False if it is published; then it can only be viewed."""
        return _is_open(obj) and super().has_change_permission(request, obj)  # type: ignore[misc]  # a mixin

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False if it is published."""
        return _is_open(obj) and super().has_delete_permission(request, obj)  # type: ignore[misc]  # a mixin


def _is_open(obj: Any) -> bool:
    return obj is None or getattr(obj, "published_at", None) is None


class VersionTextInline(_UntilPublished, admin.StackedInline):
    """The texts of a version."""

    model = VersionText
    extra = 0
    fields = ("locale", "title", "source", "content_hash")
    readonly_fields = ("content_hash",)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False if the version is published."""
        return _is_open(obj) and super().has_add_permission(request, obj)


class VersionAdmin(_UntilPublished, CountedActions):
    """Drafts and published versions; an action publishes drafts."""

    actions = ("publish",)
    inlines = (VersionTextInline,)
    list_display = (
        "document",
        "label",
        "number",
        "state",
        "effective_at",
        "enforce_at",
    )
    list_filter = ("document",)
    search_fields = ("label", "texts__content_hash__exact")
    search_help_text = _("A label, or the hash of a text that was accepted.")
    list_select_related = ("document",)
    ordering = ("document", "-number")
    fields = (
        "document",
        "number",
        "label",
        "change_summary",
        "effective_at",
        "enforce_at",
        "published_at",
    )
    readonly_fields = ("number", "published_at")

    def save_model(
        self,
        request: HttpRequest,
        obj: Any,
        form: Any,
        change: bool,  # noqa: FBT001  # Django's signature
    ) -> None:
        """Give a new version the next number of its document."""
        if not change:
            obj.number = next_number(obj.document)
        super().save_model(request, obj, form, change)

    def has_publish_permission(self, request: HttpRequest) -> bool:
        """Return whether the user has the permission to publish."""
        permission = f"{self.opts.app_label}.publish_version"
        return bool(request.user.has_perm(permission))

    @admin.action(description=_("Publish selected versions"), permissions=["publish"])
    def publish(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Publish each version, and show for each whether it succeeded."""
        actor: Any = request.user
        client = client_of(request)
        for version in queryset.order_by("document", "number"):
            try:
                PublishVersion.execute(
                    PublishVersionInput(version=version, actor=actor, client=client)
                )
            except DomainError as refusal:
                text = f"{version}: {refusal.message}"
                self.message_user(request, text, messages.ERROR)
            else:
                text = _("Published: %s") % version
                self.message_user(request, text, messages.SUCCESS)


class AcceptanceAdmin(ReadOnlyAdmin):
    """Acceptances, read-only: they are evidence."""

    list_display = ("accepted_at", "user", "version", "locale", "method")
    list_filter = ("version",)
    list_select_related = ("user", "version__document")
    search_fields = ("actor_id__exact",)  # shows the box; the search is below
    search_help_text = _(
        "The whole e-mail address or id of a user, or id of an acceptance."
    )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Search by indexed columns; an address stands for the users who have it.

        The id also finds acceptances of a deleted account.
        """
        term = search_term.strip()
        if not term:
            return queryset, False
        if ids := ids_by_address(term):
            return queryset.filter(user__in=ids), False
        key = as_uuid(term)
        found = Q(actor_id__in=[term, str(key)])
        return queryset.filter(found | Q(pk=key) if key else found), False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False: it stays without a user when its account is deleted."""
        return False


def register() -> None:
    """Register the administration of the models in force."""
    added = added_fields(version_model(), AbstractVersion)
    fields = (*VersionAdmin.fields, *added)
    register_active(document_model(), DocumentAdmin)
    register_active(version_model(), VersionAdmin, fields=fields)
    register_active(acceptance_model(), AcceptanceAdmin)
