from collections.abc import Iterator
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.files.base import ContentFile

from example_project.notes.models import Note
from starterkit_core.ports import personal_data


class NotesOfAPerson:
    """The notes of a user."""

    name = "notes"
    models: tuple[str, ...] = ("notes.Note",)

    def export(self, user: AbstractBaseUser) -> list[dict[str, Any]]:
        """Return every note."""
        mine = Note.objects.of(user).order_by("pk")
        return [{**row} for row in mine.values("title", "text", "created_at")]

    def files(self, user: AbstractBaseUser) -> Iterator[tuple[str, ContentFile[bytes]]]:
        """Yield each note as a file to read."""
        for note in Note.objects.of(user).order_by("pk").iterator():
            yield f"{note.pk}.txt", ContentFile(note.text.encode())

    def erase(self, user: AbstractBaseUser) -> None:
        """Delete every note."""
        Note.objects.of(user).delete()


def register() -> None:
    """Register the provider in core's port."""
    personal_data.register(NotesOfAPerson())
