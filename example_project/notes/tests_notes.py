"""What the app promises beside its endpoints."""

from datetime import UTC, datetime

import pytest
from django.contrib import admin
from django.urls import reverse
from model_bakery import baker

from example_project.notes.models import Author, Note
from example_project.notes.personal_data import NotesOfAPerson
from starterkit_auth.models import session_model
from starterkit_core.admin import BoundedAdmin
from starterkit_core.checks.mirrors import check_mirrors
from starterkit_core.ports import personal_data

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 11, 16, 9, tzinfo=UTC)
FRIDAY = datetime(2026, 11, 20, 9, tzinfo=UTC)


def make_session(user, last_seen_at):
    session = baker.make(session_model(), user=user)
    session_model().objects.filter(pk=session.pk).update(last_seen_at=last_seen_at)


def test_the_mirror_fits_the_table_of_the_sessions():
    assert check_mirrors() == []


def test_authors_have_their_number_of_notes_and_when_they_were_last_seen(
    user, make_note
):
    make_note()
    make_note()
    make_session(user, MONDAY)
    make_session(user, FRIDAY)

    author = Author.objects.with_activity().get(pk=user.pk)

    assert (author.notes_written, author.last_visit_at) == (2, FRIDAY)


def test_an_author_without_sessions_was_never_seen(user):
    author = Author.objects.with_activity().get(pk=user.pk)

    assert (author.notes_written, author.last_visit_at) == (0, None)


def test_the_administration_lists_authors_in_a_few_queries(
    client, make_user, make_note, django_assert_max_num_queries
):
    for _ in range(5):
        make_note(owner=make_user())
    client.force_login(make_user(is_staff=True, is_superuser=True))

    with django_assert_max_num_queries(6):
        response = client.get(reverse("admin:notes_author_changelist"))

    assert response.status_code == 200


@pytest.mark.parametrize("name", ["notes_note", "notes_author", "accounts_customer"])
def test_the_administration_offers_no_list_of_all_accounts(client, make_user, name):
    person = make_user(email="grace@example.com")
    client.force_login(make_user(is_staff=True, is_superuser=True))

    shown = client.get(reverse(f"admin:{name}_add"))
    found = client.get(reverse(f"admin:{name}_changelist"), {"q": "grace"})

    assert person.email not in shown.content.decode()
    assert found.status_code == 200


@pytest.mark.parametrize("model_admin", [*admin.site._registry.values()], ids=str)
def test_our_part_of_the_administration_is_bounded(model_admin):
    ours = type(model_admin).__module__.startswith("example_project")

    assert not ours or isinstance(model_admin, BoundedAdmin)


def test_the_administration_never_shows_the_text_of_a_note(
    client, make_user, make_note
):
    note = make_note(text="My secret.")
    client.force_login(make_user(is_staff=True, is_superuser=True))

    page = client.get(reverse("admin:notes_note_change", args=[note.pk]))

    assert b"My secret." not in page.content


def test_the_notes_of_a_person_are_exported_and_erased(user, make_note):
    make_note(title="Bread")
    make_note(owner=baker.make(type(user)), title="Other")

    (exported,) = personal_data.export(user)["notes"]
    ((name, file),) = NotesOfAPerson().files(user)
    personal_data.erase(user)

    assert exported["title"] == "Bread"
    assert name.endswith(".txt")
    assert file.read() == exported["text"].encode()
    assert [note.title for note in Note.objects.all()] == ["Other"]
