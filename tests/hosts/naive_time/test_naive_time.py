"""Every moment is the same in every project, however it stores them."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.core.management import call_command

from starterkit_core.ports import personal_data

NOW = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
"""Half past eight in the evening in São Paulo, and the next morning in Kolkata."""

WRITTEN = "2026-03-01T23:30:00Z"
KEPT = ("pending registrations: 0 removed", "events: 0 removed")


@pytest.fixture
def clock():
    # A number, because a datetime would change the local time zone, too.
    with time_machine.travel(NOW.timestamp(), tick=False) as traveller:
        yield traveller


@pytest.fixture
def signed_in(clock, person):
    person.sign_up()
    person.confirm()
    return person


def test_the_api_answers(person):
    wrong = person.walk()

    assert wrong == ""


def test_answers_are_in_utc(signed_in):
    session = signed_in.tokens["session"]
    [event, *_] = signed_in.send("GET auth/v1/events/").json()["results"]
    account = signed_in.read_me().json()

    assert session["created_at"] == session["last_seen_at"] == WRITTEN
    assert session["expires_at"] == "2026-05-30T23:30:00Z"
    assert event["created_at"] == account["created_at"] == WRITTEN


def test_an_access_token_lives_for_ten_minutes(signed_in, clock):
    assert signed_in.tokens["expires_in"] == 600

    clock.shift(timedelta(minutes=10, seconds=-1))
    before = signed_in.read_me()
    clock.shift(timedelta(seconds=1))

    assert (before.status_code, signed_in.read_me().status_code) == (200, 401)
    assert signed_in.refresh().status_code == 200
    assert signed_in.read_me().status_code == 200


def test_a_used_refresh_token_ends_the_session_after_its_grace(signed_in, clock):
    used = signed_in.tokens
    signed_in.refresh()
    signed_in.read_me()

    clock.shift(timedelta(seconds=30))
    signed_in.tokens, newest = used, signed_in.tokens
    within = signed_in.refresh()
    clock.shift(timedelta(seconds=1))
    signed_in.tokens = used

    assert within.json()["refresh_token"] == newest["refresh_token"]
    assert signed_in.refresh().json()["code"] == "refresh_token_reused"
    assert signed_in.read_me().status_code == 401


def test_a_session_ends_at_the_time_it_says(signed_in, clock):
    for _ in range(4):
        clock.shift(timedelta(days=20))
        assert signed_in.refresh().status_code == 200
    clock.shift(timedelta(days=10, seconds=-1))
    assert signed_in.refresh().status_code == 200

    clock.shift(timedelta(seconds=1))

    assert signed_in.refresh().status_code == 401


def test_a_code_is_valid_for_ten_minutes(clock, person):
    person.sign_up()
    clock.shift(timedelta(minutes=10))
    late = person.confirm()
    clock.shift(timedelta(seconds=-1))

    assert (late.status_code, person.confirm().status_code) == (400, 201)


def test_a_proof_of_identity_is_recent_for_ten_minutes(signed_in, clock):
    body = {"email": "countess@example.com"}
    clock.shift(timedelta(minutes=10))
    signed_in.refresh()
    recent = signed_in.send("POST auth/v1/email/change/", body)
    clock.shift(timedelta(seconds=1))

    late = signed_in.send("POST auth/v1/email/change/", body)

    assert recent.status_code == 202
    assert late.json()["code"] == "step_up_required"


def test_terms_are_enforced_from_their_moment_on(signed_in, publish_terms, clock):
    def rename():
        return signed_in.send("PATCH users/v1/me/", {"first_name": "Ada"})

    publish_terms(
        "Be kind.",
        "--enforce-at",
        "2026-03-02T00:00-03:00",
        "--effective-at",
        f"{NOW:%FT%TZ}",
    )
    [pending] = signed_in.send("GET terms/v1/pending/").json()["results"]
    asked = {name: pending[name] for name in ("version", "content_hash")}
    clock.shift(timedelta(hours=3, minutes=30, seconds=-1))
    signed_in.refresh()
    before = rename()

    clock.shift(timedelta(seconds=1))
    refused = rename()
    accepted = signed_in.send("POST terms/v1/acceptances/", {"acceptances": [asked]})

    assert pending["effective_at"] == WRITTEN
    assert pending["enforce_at"] == "2026-03-02T03:00:00Z"
    assert (before.status_code, refused.status_code) == (200, 403)
    [row] = accepted.json()["results"]
    assert row["happened_at"] == "2026-03-02T03:00:00Z"
    assert rename().status_code == 200


def test_lists_continue_where_the_page_ended(signed_in, clock):
    for _ in range(2):
        clock.shift(timedelta(minutes=1))
        signed_in.sign_in()

    for path in ("auth/v1/sessions/", "auth/v1/events/"):
        whole = signed_in.send(f"GET {path}").json()["results"]
        found, cursor = [], ""
        while cursor is not None:
            page = signed_in.send(f"GET {path}?limit=1&cursor={cursor}").json()
            found, cursor = found + page["results"], page["next"]
        assert found == whole
        moments = [row["created_at"] for row in found]
        assert len(moments) >= 3
        assert moments == sorted(moments, reverse=True)


def test_expired_rows_are_deleted_when_their_time_is_over(person, clock):
    # Later than in any other test: ids contain the time, and never go back.
    clock.shift(timedelta(days=3650))
    person.sign_up()
    person.confirm()
    person.ask_for_reset()

    def deleted():
        said = StringIO()
        call_command("auth_purge", stdout=said)
        return said.getvalue().split("\n")[:4]

    clock.shift(timedelta(days=60))
    assert deleted() == ["sessions: 0 removed", "challenges: 1 removed", *KEPT]
    clock.shift(timedelta(seconds=1))
    assert deleted() == ["sessions: 1 removed", "challenges: 0 removed", *KEPT]


def test_an_export_is_in_utc(signed_in, publish_terms, clock):
    publish_terms("Be kind.")
    [pending] = signed_in.send("GET terms/v1/pending/").json()["results"]
    asked = {name: pending[name] for name in ("version", "content_hash")}
    signed_in.send("POST terms/v1/acceptances/", {"acceptances": [asked]})

    found = personal_data.export(get_user_model().objects.get())

    assert found["account"]["created_at"] == WRITTEN
    assert found["account"]["last_login"] == WRITTEN
    assert found["auth"]["sessions"][0]["expires_at"] == "2026-05-30T23:30:00Z"
    assert found["auth"]["addresses"][0]["verified_at"] == WRITTEN
    assert found["terms"][0]["happened_at"] == WRITTEN


def test_a_security_mail_says_the_time_in_utc(signed_in, mailbox):
    signed_in.ask_for_reset()
    signed_in._reset()

    [body] = [mail.body for mail in mailbox if "(UTC)" in mail.body]

    assert "Time: March 1, 2026, 11:30 p.m. (UTC)" in body


@pytest.mark.parametrize(
    "page",
    [
        "starterkit_auth/session",
        "starterkit_core/auditevent",
        "starterkit_terms/acceptance",
        "starterkit_terms/document",
        "starterkit_terms/version",
        "starterkit_users/user",
    ],
)
def test_the_administration_shows_its_lists(
    admin_client, signed_in, publish_terms, page
):
    publish_terms("Be kind.")

    assert admin_client.get(f"/admin/{page}/").status_code == 200


def test_a_date_without_an_offset_is_local(signed_in, publish_terms):
    said = publish_terms("Be kind.", "--enforce-at", "2026-03-05")

    [pending] = signed_in.send("GET terms/v1/pending/").json()["results"]

    assert pending["enforce_at"] == "2026-03-05T03:00:00Z"
    assert "enforced from 2026-03-05 00:00 -03." in said
