from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from starterkit_auth.management.commands.auth_end_sessions import Command
from starterkit_auth.models import session_model
from starterkit_auth.services import user_addresses
from starterkit_auth.use_cases import end_all_sessions
from starterkit_core import signals
from starterkit_core.models import AuditEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def run():
    """Return a function that runs the command and returns its output."""

    def call(*arguments):
        out = StringIO()
        call_command("auth_end_sessions", *arguments, stdout=out)
        return out.getvalue().strip()

    return call


def live_of(user):
    return session_model().objects.of(user).live_at(timezone.now()).count()


@pytest.mark.needs_address
@pytest.mark.parametrize("named", ["address", "spelling", "id"])
def test_signs_one_user_out(run, member, open_for, make_user, named):
    other = make_user()
    for user in (member, member, other):
        open_for(user)
    address = user_addresses.address_of(member)
    names = {"address": address, "spelling": address.upper(), "id": str(member.pk)}

    said = run("--user", names[named])

    event = AuditEvent.objects.get(action="auth.sessions_ended")
    assert said == "sessions: 2 ended"
    assert (live_of(member), live_of(other)) == (0, 1)
    assert (event.actor_id, event.subject_id) == ("", str(member.pk))


@pytest.mark.parametrize("named", ["nobody@example.com", "not@an@address", "x", "0"])
def test_refuses_an_unknown_user(run, opened, member, named):
    with pytest.raises(CommandError, match="no user"):
        run("--user", named)

    assert live_of(member) == 1


def test_signs_all_users_out_in_batches(run, member, open_for, make_user, monkeypatch):
    monkeypatch.setattr(end_all_sessions, "BATCH_SIZE", 2)
    for user in (member, member, make_user(), make_user(), make_user()):
        open_for(user)

    said = run("--all")

    assert said == "sessions: 5 ended"
    assert not session_model().objects.live_at(timezone.now()).exists()
    event = AuditEvent.objects.get(action="auth.all_sessions_ended")
    assert event.facts == {"number": 5, "reason": "ended_by_administrator"}


def test_ends_a_batch_by_one_update(run, member, open_for, make_user):
    for user in (member, member, make_user(), make_user()):
        open_for(user)

    with CaptureQueriesContext(connection) as queries:
        said = run("--all")

    assert said == "sessions: 4 ended"
    assert sum(query["sql"].startswith("UPDATE") for query in queries) == 1


def test_ends_no_session_twice(run, open_for, member):
    ended = open_for(member, revoked_at=timezone.now(), revoke_reason="signed_out")
    open_for(member)

    run("--all")
    run("--all")

    ended.session.refresh_from_db()
    assert ended.session.revoke_reason == "signed_out"


def test_its_help_names_the_faster_way():
    help_text = Command().help

    assert "SIGNING_KEYS" in help_text


def test_sends_a_signal_for_each_session(
    run, opened, received, django_capture_on_commit_callbacks
):
    ended = received(signals.session_ended)

    with django_capture_on_commit_callbacks(execute=True):
        run("--all")
        run("--all")

    assert [(e["session"], e["reason"]) for e in ended] == [
        (opened.session, "ended_by_administrator")
    ]


@pytest.mark.parametrize("arguments", [[], ["--user", "x", "--all"]])
def test_needs_either_a_user_or_all(run, opened, member, arguments):
    with pytest.raises(CommandError):
        run(*arguments)

    assert live_of(member) == 1
