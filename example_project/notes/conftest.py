import pytest
from model_bakery import baker

from example_project.notes.models import Note


@pytest.fixture
def make_note(user):
    """Make a note of ``user``, or of the author given."""

    def make(**fields):
        return baker.make(Note, **{"owner": user} | fields)

    return make
