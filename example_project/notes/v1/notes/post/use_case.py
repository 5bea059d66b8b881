from dataclasses import dataclass
from typing import Any

import structlog
from django.contrib.auth.base_user import AbstractBaseUser

from example_project.notes.errors import TooManyNotes
from example_project.notes.models import Author, Note
from starterkit_core.db.databases import after_commit
from starterkit_core.errors import AccountDeleted
from starterkit_core.use_cases import Input, UseCase

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateNoteInput(Input):
    """The owner and the content of the note."""

    user: AbstractBaseUser
    title: str
    text: str


class CreateNote(UseCase[CreateNoteInput, Note]):
    """Save a new note.

    Raises:
        TooManyNotes: the user has the maximum number of notes.
        AccountDeleted: the account was deleted during the request.
    """

    raises = (TooManyNotes, AccountDeleted)

    def run(self) -> Note:
        author = self.get_author()
        self.check_room(author)
        note = self.save_note()
        after_commit(lambda: logger.info("note_created", note_id=note.pk))
        return note

    def get_author(self) -> Author:
        """Return the author, locked: concurrent requests must not exceed the limit.

        Raises:
            AccountDeleted: the account was deleted during the request.
        """
        authors = Author.objects.select_for_update()
        author: Author | None = authors.filter(pk=self.input.user.pk).first()
        if author is None:
            raise AccountDeleted
        return author

    def check_room(self, author: Author) -> None:
        """Refuse a note beyond the maximum."""
        if not author.has_room():
            raise TooManyNotes

    def note_fields(self) -> dict[str, Any]:
        """Return the values of the new row."""
        return {
            "owner_id": self.input.user.pk,
            "title": self.input.title,
            "text": self.input.text,
        }

    def save_note(self) -> Note:
        """Insert the row."""
        note: Note = Note.objects.create(**self.note_fields())
        return note
