from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser

from example_project.notes.models import Note
from starterkit_core.db.pagination import Page, PageRequest, paginate
from starterkit_core.use_cases import Input, UseCase


@dataclass(frozen=True, slots=True, kw_only=True)
class ListNotesInput(Input):
    """Whose notes, and which page of them."""

    user: AbstractBaseUser
    page: PageRequest


class ListNotes(UseCase[ListNotesInput, Page[Note]]):
    """Return a page of the user's own notes, newest first."""

    atomic = False

    def run(self) -> Page[Note]:
        return self.get_page()

    def get_page(self) -> Page[Note]:
        """Return the page; the query never includes notes of other users."""
        notes = Note.objects.of(self.input.user)
        return paginate(notes, order_by=["-created_at"], request=self.input.page)
