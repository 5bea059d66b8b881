import time
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone, translation

from starterkit_auth.models import session_model
from starterkit_core.management.progress import Progress

pytestmark = pytest.mark.django_db


@pytest.fixture
def over(open_for, member, id_of):
    """Three sessions that ended long ago, and a live one."""
    ago = timedelta(days=40)
    for _ in range(3):
        open_for(member, id=id_of(ago), revoked_at=timezone.now() - ago)
    return open_for(member).session


@pytest.fixture
def run():
    """Return a function that runs the command and returns its lines."""

    def call(*arguments):
        out = StringIO()
        call_command("auth_purge", *arguments, stdout=out)
        return out.getvalue().splitlines()

    return call


def test_removes_and_prints_how_many(run, over):
    assert run() == [
        "sessions: 3 removed",
        "challenges: 0 removed",
        "pending registrations: 0 removed",
        "events: 0 removed",
        "impersonations: 0 removed",
    ]
    assert [*session_model().objects.all()] == [over]


def test_prints_the_same_text_in_every_language(run, over):
    with translation.override("pt-br"):
        assert run("--dry-run")[0] == "sessions: 3 to remove"


def test_a_dry_run_counts_and_removes_no_row(run, over):
    assert run("--dry-run")[0] == "sessions: 3 to remove"
    assert session_model().objects.count() == 4


@pytest.mark.parametrize("size", ["0", "-1", "many"])
def test_refuses_a_batch_size_that_is_not_positive(run, size):
    with pytest.raises(CommandError):
        run("--batch-size", size)


class Terminal(StringIO):
    """An interactive terminal."""

    def isatty(self):
        return True


def test_a_terminal_shows_each_batch(over):
    out = Terminal()

    call_command("auth_purge", "--batch-size", "1", stdout=out)

    assert "\rsessions: 1\rsessions: 2" in out.getvalue()


class Lines(list):
    """A log, which is not interactive."""

    def write(self, text, ending="\n"):
        self.append(text)

    def flush(self):
        pass


def test_a_log_gets_a_line_a_minute(monkeypatch):
    seconds, lines = iter(range(1_000)), Lines()
    monkeypatch.setattr(time, "monotonic", lambda: next(seconds))

    told = Progress(lines, "sessions")
    for number in range(60):
        told.tell(number)
        told.tell(number)

    assert lines == ["sessions: 29 so far", "sessions: 59 so far"]
