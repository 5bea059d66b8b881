import pytest
from model_bakery import baker

from example_project.notes.models import Note


@pytest.fixture
def make_note(user):
    """Create a note of ``user``, or of another ``owner``."""

    def make(**fields):
        return baker.make(Note, **{"owner": user} | fields)

    return make
