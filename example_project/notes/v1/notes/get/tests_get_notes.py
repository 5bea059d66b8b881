"""GET v1/notes: what the owner sees."""

from http import HTTPStatus

import pytest
from django.urls import reverse

URL = reverse("notes:notes")

pytestmark = pytest.mark.django_db


def test_lists_the_newest_note_first(client_of, user, make_note):
    older, newer = make_note(title="Older"), make_note(title="Newer", text="Rye.")

    response = client_of(user).get(URL)

    first, second = response.json()["results"]
    assert response.status_code == HTTPStatus.OK
    assert first.keys() == {"id", "title", "text", "created_at", "updated_at"}
    assert (first["id"], first["text"]) == (str(newer.pk), "Rye.")
    assert second["id"] == str(older.pk)


def test_shows_no_notes_of_other_users(client_of, make_user, make_note):
    make_note()

    response = client_of(make_user()).get(URL)

    assert response.json() == {"results": [], "next": None, "previous": None}


def test_gives_page_after_page(client_of, user, make_note):
    for number in range(3):
        make_note(title=str(number))

    first = client_of(user).get(URL, {"limit": 2}).json()
    second = client_of(user).get(URL, {"limit": 2, "cursor": first["next"]}).json()

    pages = [[note["title"] for note in page["results"]] for page in (first, second)]
    assert pages == [["2", "1"], ["0"]]
    assert second["next"] is None


def test_takes_one_query_for_the_terms_and_one_for_the_page(
    client_of, user, make_note, django_assert_num_queries
):
    make_note()
    client = client_of(user)

    with django_assert_num_queries(2):
        client.get(URL)


def test_needs_a_signed_in_person(api):
    response = api.get(URL)

    assert response.status_code == HTTPStatus.UNAUTHORIZED
    assert response.json()["code"] == "not_authenticated"
