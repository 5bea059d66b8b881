"""The texts of a version, which can be written until it is published."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from starterkit_terms.models import VersionText


class UntilPublished:
    """Forbids to change or delete a version once it is published."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False if it is published; then it can only be viewed."""
        return _is_open(obj) and super().has_change_permission(request, obj)  # type: ignore[misc]  # a mixin

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False if it is published."""
        return _is_open(obj) and super().has_delete_permission(request, obj)  # type: ignore[misc]  # a mixin


def _is_open(obj: Any) -> bool:
    return obj is None or getattr(obj, "published_at", None) is None


class VersionTextInline(UntilPublished, admin.StackedInline):  # type: ignore[type-arg]  # of any version model
    """The texts of a version."""

    model = VersionText
    extra = 0
    fields = ("locale", "title", "checkbox", "source", "content_hash")
    readonly_fields = ("content_hash",)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False if the version is published."""
        return _is_open(obj) and super().has_add_permission(request, obj)
