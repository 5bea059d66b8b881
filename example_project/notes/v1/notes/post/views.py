from http import HTTPStatus

from rest_framework.request import Request
from rest_framework.response import Response

from example_project.notes.v1.notes.serializers import NoteRepresentation
from starterkit_core.http.endpoints import EndpointView
from starterkit_core.http.idempotency import IdempotencyKey

from . import docs
from .serializers import CreateNoteRequest
from .use_case import CreateNote, CreateNoteInput


class CreateNoteView(EndpointView):
    """POST v1/notes/."""

    use_case = CreateNote
    request_class = CreateNoteRequest
    response_class = NoteRepresentation
    success_status = HTTPStatus.CREATED
    idempotency_key = IdempotencyKey.OPTIONAL

    @docs.create_note
    def post(self, request: Request) -> Response:
        data = self.validate()
        note = CreateNote.execute(
            CreateNoteInput(user=self.user, extra=self.extra, **data)
        )
        return self.respond(note)
