from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from example_project.notes.models import Author, Note


@admin.register(Note)
class NoteAdmin(admin.ModelAdmin):
    """Notes without their text, which is private to their owners."""

    list_display = ("title", "owner", "created_at")
    list_select_related = ("owner",)
    exclude = ("text",)


@admin.register(Author)
class AuthorAdmin(admin.ModelAdmin):
    """Authors, with their number of notes and when they were last seen."""

    list_display = ("email", "notes_written", "last_seen_at")
    search_fields = ("email",)
    fields = ("email",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Author]:
        """Return every author with what the list shows, in one query."""
        authors: QuerySet[Author] = Author.objects.with_activity()
        return authors.order_by("email")

    @admin.display(description=_("notes"), ordering="notes_written")
    def notes_written(self, author: Any) -> int:
        return int(author.notes_written)

    @admin.display(description=_("last seen"), ordering="last_seen_at")
    def last_seen_at(self, author: Any) -> Any:
        return author.last_seen_at

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
