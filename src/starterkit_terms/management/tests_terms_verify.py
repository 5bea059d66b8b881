"""manage.py terms_verify: finds what was changed behind the models' back."""

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db.models import QuerySet
from django.urls import reverse

from starterkit_core.ports import personal_data
from starterkit_terms.conftest import accepting
from starterkit_terms.models import VersionText, acceptance_model
from starterkit_terms.services import verifying
from starterkit_terms.services.evidence import Act
from starterkit_terms.use_cases.record_acts import RecordActs, RecordActsInput

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(capsys):
    def command():
        try:
            call_command("terms_verify")
        finally:
            command.shown = capsys.readouterr().out
        return command.shown

    return command


@pytest.fixture
def accepted(client_of, user, make_version):
    """The text of a version, and the acceptance of a user."""
    version = make_version(texts=("en", "pt-br"))
    body = {"acceptances": [accepting(version)]}
    client_of(user).post(reverse("starterkit_terms:acceptances"), body)
    return version.texts.get(locale="en"), acceptance_model().objects.get()


def tamper(row, **values):
    """Change a row as SQL would: a plain queryset has no guard."""
    QuerySet(type(row)).filter(pk=row.pk).update(**values)


def test_what_is_intact_passes(run, accepted, make_draft):
    make_draft()

    assert "intact" in run()


@pytest.mark.parametrize(
    "change",
    [
        {"source": "# Other"},
        {"title": "Other"},
        {"checkbox": "I agree to all"},
        {"locale": "de"},
        {"html": "<p>Other</p>"},
        {"content_hash": "0" * 64},
        {"html_hash": ""},
    ],
)
def test_finds_a_text_that_was_changed(run, accepted, change):
    text, _ = accepted
    tamper(text, **change)

    with pytest.raises(CommandError, match="Wrong"):
        run()

    assert str(text.pk) in run.shown


def test_finds_another_number_or_key(run, accepted):
    text, _ = accepted
    tamper(text.version, number=9)

    with pytest.raises(CommandError, match="Wrong: 2"):
        run()


def test_finds_an_acceptance_of_another_text(run, accepted):
    _, acceptance = accepted
    tamper(acceptance, content_hash="0" * 64)

    with pytest.raises(CommandError, match="Wrong: 1"):
        run()

    assert str(acceptance.pk) in run.shown


def test_finds_an_acceptance_with_another_wording(run, accepted):
    _, acceptance = accepted
    tamper(acceptance, wording="I agree to all")

    with pytest.raises(CommandError, match="Wrong: 1"):
        run()

    assert str(acceptance.pk) in run.shown


def test_finds_texts_that_are_gone(run, accepted):
    text, acceptance = accepted
    QuerySet(VersionText).filter(version=text.version_id).delete()

    with pytest.raises(CommandError, match="Wrong: 2"):
        run()

    assert str(text.version_id) in run.shown
    assert str(acceptance.pk) in run.shown


def test_looks_at_every_row_a_few_at_a_time(run, make_version, monkeypatch):
    monkeypatch.setattr(verifying, "BATCH", 2)
    rows = [make_version().texts.get() for _ in range(5)]
    tamper(rows[-1], title="Other")

    with pytest.raises(CommandError, match="Wrong: 1"):
        run()


@pytest.mark.parametrize("place", [0, 1, -1])
def test_finds_an_act_that_was_deleted(run, user, make_version, place):
    first = make_version()
    for version in (first, make_version(first.document), make_version(first.document)):
        with time_machine.travel(version.effective_at, tick=False):
            RecordActs.execute(
                RecordActsInput(
                    user=user, acts=[Act.about(version.texts.get(), "accepted")]
                )
            )
    rows = acceptance_model().objects.order_by("sequence")
    QuerySet(acceptance_model()).filter(pk=[*rows][place].pk).delete()

    with pytest.raises(CommandError, match="Wrong: 1"):
        run()

    assert "2 acts, and there were 3" in run.shown


def test_an_erasure_leaves_what_passes(run, accepted, user):
    personal_data.erase(user)

    assert "intact" in run()
