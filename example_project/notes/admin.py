from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from example_project.notes.models import Author, Note
from starterkit_core.admin import BoundedAdmin


@admin.register(Note)
class NoteAdmin(BoundedAdmin):
    """Notes without their text, which is private to their owners."""

    autocomplete_fields = ("owner",)  # a list of all accounts would be endless
    list_display = ("title", "owner", "created_at")
    list_select_related = ("owner",)
    exclude = ("text",)


@admin.register(Author)
class AuthorAdmin(BoundedAdmin):
    """Authors, with their number of notes and when they were last seen."""

    list_display = ("email", "notes_written", "last_visit_at")
    search_fields = ("email_key__startswith",)
    fields = ("email",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Author]:
        """Return every author; what the list shows is computed for its page alone."""
        authors: QuerySet[Author] = Author.objects.with_activity()
        return authors.order_by("-id")

    @admin.display(description=_("notes"))
    def notes_written(self, author: Any) -> int:
        return int(author.notes_written)

    @admin.display(description=_("last seen"))
    def last_visit_at(self, author: Any) -> Any:
        return author.last_visit_at

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: Author | None = None
    ) -> bool:
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: Author | None = None
    ) -> bool:
        return False
