"""Versions: drafts are written, published and cancelled; published ones are read."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from starterkit_core.admin import CountedActions
from starterkit_core.errors import DomainError
from starterkit_core.http.client import client_of
from starterkit_terms.admin.comparison import ComparisonPage
from starterkit_terms.admin.drafting import DraftPage
from starterkit_terms.admin.pages import VersionPage, links_of
from starterkit_terms.admin.publication import PublicationPage, reasons_of
from starterkit_terms.admin.reading import PreviewPage
from starterkit_terms.admin.statistics import StatisticsPage
from starterkit_terms.admin.texts import UntilPublished, VersionTextInline
from starterkit_terms.models import VersionText
from starterkit_terms.services.freezing import next_number
from starterkit_terms.services.languages import needed_locales
from starterkit_terms.use_cases.cancel_version import CancelVersion, CancelVersionInput
from starterkit_terms.use_cases.draft_version import DraftVersion, DraftVersionInput
from starterkit_terms.use_cases.publish_version import (
    PublishVersion,
    PublishVersionInput,
)


class VersionAdmin(UntilPublished, CountedActions):
    """Drafts and published versions, and pages about each of them."""

    change_form_template = "admin/starterkit_terms/version/change_form.html"
    pages: ClassVar[tuple[type[VersionPage], ...]] = (
        PreviewPage,
        ComparisonPage,
        PublicationPage,
        StatisticsPage,
        DraftPage,
    )
    """The pages about one version; the button of each is on all of them."""

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
    )
    readonly_fields = ("number", "published_at", "missing_locales")

    class Media:
        css: ClassVar[dict[str, tuple[str, ...]]] = {
            "all": ("starterkit_terms/admin.css",)
        }

    def get_urls(self) -> list[URLPattern]:
        """Add the pages, before the address that takes every path."""
        ours = [page.route(self) for page in self.pages]
        return [*ours, *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> HttpResponse:
        """Add the buttons that lead to the pages of a saved version."""
        obj = options.get("obj")
        pages = links_of(self, request, obj) if obj else []
        context |= {"version_pages": pages}
        return super().render_change_form(request, context, *args, **options)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the versions with what their state is read from."""
        rows: Any = super().get_queryset(request)
        found: QuerySet[Any] = rows.with_state(timezone.now())
        return found.select_related("document")

    @admin.display(description=_("missing languages"))
    def missing_locales(self, obj: Any) -> str:
        """Return the languages that publishing would miss, or ``-``."""
        texts = VersionText.objects.filter(version=obj.pk)
        missing = needed_locales(obj) - {*texts.values_list("locale", flat=True)}
        return ", ".join(sorted(missing)) or "-"

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
                text = f"{version}: {'; '.join(reasons_of(refusal))}"
                self.message_user(request, text, messages.ERROR)
            else:
                self.message_user(request, done % version, messages.SUCCESS)
