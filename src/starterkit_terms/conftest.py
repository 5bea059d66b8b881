"""Fixtures of this module's own tests; rows are of the models that the project has."""

from datetime import UTC, datetime
from itertools import count

import pytest
import time_machine
from django.db import transaction
from model_bakery import baker

from starterkit_core.db.databases import accounts_database
from starterkit_terms.models import VersionText, document_model, version_model
from starterkit_terms.services import epochs, guards
from starterkit_terms.services.freezing import next_number
from starterkit_terms.use_cases.publish_version import (
    PublishVersion,
    PublishVersionInput,
)

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)

_numbers = count(1)


@pytest.fixture
def guarded(transactional_db):
    """Have the triggers; MySQL commits the statements that make them at once."""
    guards.install()
    yield
    guards.remove()


@pytest.fixture
def make_document(db):
    """Make a document, by default a mandatory contract."""

    def make(**fields):
        key = f"document-{next(_numbers)}"
        return baker.make(document_model(), **{"key": key, "title": "Terms"} | fields)

    return make


@pytest.fixture
def make_draft(make_document):
    """Draft the next version of a document, with a text for each language."""

    def make(document=None, texts=("en",), **fields):
        document = document or make_document()
        with transaction.atomic(using=accounts_database()):
            number = next_number(document)
        given = {"document": document, "number": number, "label": f"v{number}"}
        draft = baker.make(version_model(), **given | fields)
        for locale in texts:
            make_text(draft, locale)
        return draft

    return make


def publish(version, **dates_and_actor):
    """Publish a draft, as the administration does."""
    return PublishVersion.execute(
        PublishVersionInput(version=version, **dates_and_actor)
    )


def make_text(version, locale):
    return VersionText.objects.create(
        version=version,
        locale=locale,
        title=f"Terms in {locale}",
        source=f"# Terms\n\nNumber {version.number} of {version.pk}, in {locale}.",
    )


@pytest.fixture
def make_version(make_draft):
    """Publish the next version of a document, by default effective since long ago."""

    def make(document=None, *, at=LONG_AGO, **fields):
        draft = make_draft(document, **fields)
        with time_machine.travel(at, tick=False):
            return publish(draft)

    return make


def accepting(version, locale="en", **changes):
    """What a client sends to accept a version that it has read."""
    text = VersionText.objects.get(version=version.pk, locale=locale)
    sent = {"version": str(version.pk), "content_hash": text.content_hash}
    return sent | changes


@pytest.fixture
def steady(db, monkeypatch):
    """Let what a process knows of publications stay fresh, however slow the test is."""
    monkeypatch.setattr(epochs.known(), "seconds", 3_600)
