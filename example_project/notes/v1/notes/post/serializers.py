"""Request body of POST v1/notes/."""

from typing import Any

from rest_framework import serializers

from example_project.notes.models.note import TEXT_MAX_LENGTH, TITLE_MAX_LENGTH
from starterkit_core.http.fields import LineField, TextField


class CreateNoteRequest(serializers.Serializer[Any]):
    """A new note."""

    title = LineField(max_length=TITLE_MAX_LENGTH)
    text = TextField(max_length=TEXT_MAX_LENGTH, allow_blank=True, default="")
