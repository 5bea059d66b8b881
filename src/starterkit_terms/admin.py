"""Documents in Django's administration.

Registered for the models in force, ours or those that the host swapped in, unless the
host's own ``admin`` module registers another class for them.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import mark_safe
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
from starterkit_terms.conf import conf
from starterkit_terms.models import (
    AbstractVersion,
    VersionText,
    acceptance_model,
    document_model,
    version_model,
)
from starterkit_terms.models.document import LOCKED
from starterkit_terms.services.comparing import difference
from starterkit_terms.services.freezing import next_number
from starterkit_terms.services.rendering import render
from starterkit_terms.use_cases.cancel_version import CancelVersion, CancelVersionInput
from starterkit_terms.use_cases.draft_version import DraftVersion, DraftVersionInput
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
    fields = ("locale", "title", "checkbox", "source", "preview", "content_hash")
    readonly_fields = ("preview", "content_hash")

    @admin.display(description=_("preview"))
    def preview(self, obj: Any) -> str:
        """Return the text as users see it, without anything active."""
        return mark_safe(obj.html or render(obj.source))  # noqa: S308  # sanitized HTML

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False if the version is published."""
        return _is_open(obj) and super().has_add_permission(request, obj)


class VersionAdmin(_UntilPublished, CountedActions):
    """Drafts and published versions; an action publishes drafts."""

    actions = ("publish", "draft", "cancel")
    inlines = (VersionTextInline,)
    list_display = (
        "document",
        "label",
        "number",
        "state",
        "change_class",
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
        "change_class",
        "authoritative_locale",
        "announce_at",
        "effective_at",
        "enforce_at",
        "published_at",
        "missing_locales",
        "changes",
    )
    readonly_fields = ("number", "published_at", "missing_locales", "changes")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the versions with what their state is read from."""
        rows: Any = super().get_queryset(request)
        found: QuerySet[Any] = rows.with_state(timezone.now())
        return found

    @admin.display(description=_("missing languages"))
    def missing_locales(self, obj: Any) -> str:
        """Return the languages that publishing would miss, or ``-``."""
        needed = {it.lower() for it in conf.REQUIRED_LOCALES}
        needed |= {obj.authoritative_locale} - {""}
        texts = VersionText.objects.filter(version=obj.pk)
        return ", ".join(sorted(needed - {it.locale for it in texts})) or "-"

    @admin.display(description=_("changes since the former version"))
    def changes(self, obj: Any) -> str:
        """Return the difference from the version before it, for each language."""
        versions = version_model().objects.filter(document=obj.document_id)
        former = versions.published().filter(number__lt=obj.number)
        before = VersionText.objects.filter(version=former.order_by("-number").first())
        old = {text.locale: text for text in before}
        new = VersionText.objects.filter(version=obj.pk)
        found = [difference(old[it.locale], it) for it in new if it.locale in old]
        parts = [f"<h3>{escape(it.locale)}</h3>{it.html}" for it in found]
        return mark_safe("".join(parts) or "-")  # noqa: S308  # escaped paragraphs

    def save_model(
        self,
        request: HttpRequest,
        obj: Any,
        form: Any,
        change: bool,  # noqa: FBT001  # Django's signature
    ) -> None:
        """Give a new version the next number, and keep who wrote a part of it."""
        if not change:
            obj.number = next_number(obj.document)
        obj.authors = sorted({*obj.authors, str(request.user.pk)})
        super().save_model(request, obj, form, change)

    def has_publish_permission(self, request: HttpRequest) -> bool:
        """Return whether the user has the permission to publish."""
        permission = f"{self.opts.app_label}.publish_version"
        return bool(request.user.has_perm(permission))

    @admin.action(description=_("Publish selected versions"), permissions=["publish"])
    def publish(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Publish each version, and show for each whether it succeeded."""
        actor, client = self._caller(request)

        def act(version: Any) -> Any:
            given = PublishVersionInput(version=version, actor=actor, client=client)
            return PublishVersion.execute(given)

        self._each(request, queryset, act, _("Published: %s"))

    @admin.action(
        description=_("Cancel selected versions that are not announced"),
        permissions=["publish"],
    )
    def cancel(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Make drafts of scheduled versions again."""
        actor, client = self._caller(request)

        def act(version: Any) -> Any:
            given = CancelVersionInput(version=version, actor=actor, client=client)
            return CancelVersion.execute(given)

        self._each(request, queryset, act, _("Cancelled: %s"))

    @admin.action(
        description=_("Draft new versions from selected ones"), permissions=["add"]
    )
    def draft(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Copy each version with its texts."""

        def act(version: Any) -> Any:
            return DraftVersion.execute(DraftVersionInput(version=version))

        self._each(request, queryset, act, _("Drafted: %s"))

    def _caller(self, request: HttpRequest) -> tuple[Any, Any]:
        return request.user, client_of(request)

    def _each(
        self,
        request: HttpRequest,
        queryset: QuerySet[Any],
        act: Callable[[Any], Any],
        done: Any,
    ) -> None:
        """Act on each version, and show for each whether it succeeded."""
        for version in queryset.order_by("document", "number"):
            try:
                act(version)
            except DomainError as refusal:
                text = f"{version}: {refusal.message}"
                self.message_user(request, text, messages.ERROR)
            else:
                self.message_user(request, done % version, messages.SUCCESS)


class AcceptanceAdmin(ReadOnlyAdmin):
    """Acceptances, read-only: they are evidence."""

    list_display = ("happened_at", "user", "version", "action", "locale", "method")
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
