"""POST v1/notes: what the caller sees, then what the rules promise."""

from http import HTTPStatus

import pytest
from django.urls import reverse

from example_project.notes.models import Note
from example_project.notes.v1.notes.post.use_case import CreateNote

URL = reverse("notes:notes")

pytestmark = pytest.mark.django_db


def test_keeps_a_note_and_answers_with_it(client_of, user):
    response = client_of(user).post(URL, {"title": "Bread", "text": "Rye."})

    note = Note.objects.get()
    assert response.status_code == HTTPStatus.CREATED
    assert response.json()["id"] == str(note.pk)
    assert (note.owner, note.title, note.text) == (user, "Bread", "Rye.")


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({}, "/title", "required"),
        ({"title": ""}, "/title", "blank"),
        ({"title": 7}, "/title", "invalid"),
        ({"title": "x" * 121}, "/title", "max_length"),
        ({"title": "Bread", "text": "x" * 10_001}, "/text", "max_length"),
    ],
)
def test_refuses_a_malformed_field(client_of, user, body, pointer, code):
    response = client_of(user).post(URL, body)

    (problem,) = response.json()["errors"]
    assert response.status_code == HTTPStatus.BAD_REQUEST
    assert (problem["pointer"], problem["code"]) == (pointer, code)


def test_refuses_one_note_too_many(client_of, user, make_note, make_user, settings):
    settings.NOTES = {"MAX_NOTES": 1}
    make_note()

    response = client_of(user).post(URL, {"title": "Bread"})
    other = client_of(make_user()).post(URL, {"title": "Bread"})

    assert response.status_code == HTTPStatus.CONFLICT
    assert response.json()["code"] == "too_many_notes"
    assert other.status_code == HTTPStatus.CREATED


def test_needs_a_signed_in_person(api):
    response = api.post(URL, {"title": "Bread"})

    assert response.status_code == HTTPStatus.UNAUTHORIZED
    assert not Note.objects.exists()


def test_a_retry_with_the_same_key_makes_no_second_note(client_of, user):
    key = {"Idempotency-Key": "8e03978e-40d5-43dd-bc93-6894a57f9324"}

    first, retry = (
        client_of(user).post(URL, {"title": "Bread"}, headers=key) for _ in range(2)
    )

    assert (first.status_code, retry.status_code) == (201, 201)
    assert first.content == retry.content
    assert retry.headers["Idempotency-Replayed"] == "true"
    assert Note.objects.count() == 1


def test_a_key_is_for_one_note(client_of, user):
    key = {"Idempotency-Key": "8e03978e-40d5-43dd-bc93-6894a57f9324"}
    client_of(user).post(URL, {"title": "Bread"}, headers=key)

    response = client_of(user).post(URL, {"title": "Butter"}, headers=key)

    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert response.json()["code"] == "idempotency_key_reused"


def test_a_retry_gets_its_note_although_there_is_no_room_now(client_of, user, settings):
    settings.NOTES = {"MAX_NOTES": 1}
    key = {"Idempotency-Key": "8e03978e-40d5-43dd-bc93-6894a57f9324"}
    client_of(user).post(URL, {"title": "Bread"}, headers=key)

    retry = client_of(user).post(URL, {"title": "Bread"}, headers=key)

    assert retry.status_code == HTTPStatus.CREATED


class ShoutingCreateNote(CreateNote):
    """A replacement that changes one step."""

    def note_fields(self):
        return super().note_fields() | {"title": self.input.title.upper()}


def test_a_step_can_be_replaced(client_of, user, settings):
    key = "example_project.notes.v1.notes.post"
    replacement = f"{__name__}.ShoutingCreateNote"
    settings.STARTERKIT_OVERRIDES = {**settings.STARTERKIT_OVERRIDES, key: replacement}

    response = client_of(user).post(URL, {"title": "Bread"})

    assert response.json()["title"] == "BREAD"
