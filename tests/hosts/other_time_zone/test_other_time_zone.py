"""The same tests, and what is local here."""

from tests.hosts.naive_time.test_naive_time import *  # noqa: F403  # the same


def test_a_date_without_an_offset_is_local(signed_in, publish_terms):
    said = publish_terms("Be kind.", "--enforce-at", "2026-03-05")

    [pending] = signed_in.send("GET terms/v1/pending/").json()["results"]

    assert pending["enforce_at"] == "2026-03-04T18:30:00Z"
    assert "enforced from 2026-03-05 00:00 IST." in said
