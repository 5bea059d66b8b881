from rest_framework.request import Request
from rest_framework.response import Response

from example_project.notes.v1.notes.serializers import NoteRepresentation
from starterkit_core.http.endpoints import EndpointView

from . import docs
from .use_case import ListNotes, ListNotesInput


class ListNotesView(EndpointView):
    """GET v1/notes/."""

    use_case = ListNotes
    response_class = NoteRepresentation
    paginated = True

    @docs.list_notes
    def get(self, request: Request) -> Response:
        page = ListNotes.execute(
            ListNotesInput(user=self.user, page=self.page_request())
        )
        return self.respond_page(page)
