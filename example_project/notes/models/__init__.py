from example_project.notes.models.author import Author
from example_project.notes.models.note import Note
from example_project.notes.models.visit import Visit

__all__ = ["Author", "Note", "Visit"]
