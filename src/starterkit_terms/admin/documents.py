"""Documents, and what of them is fixed once a version is published."""

from typing import Any

from django.http import HttpRequest

from starterkit_core.admin import CountedActions
from starterkit_terms.models.document import LOCKED


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
