"""Who accepted what: acceptances are evidence, and read-only."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from starterkit_core.admin import ReadOnlyAdmin, as_uuid, ids_by_address


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
