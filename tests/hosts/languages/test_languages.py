"""Every prefix that the project names belongs to the API."""

import pytest
from django.test import Client

both = pytest.mark.parametrize(
    ("prefix", "detail"),
    [("/en/api/", "Not found."), ("/pt-br/api/", "Não encontrado.")],
)


@both
def test_the_journey(person, prefix, detail):
    person.prefix = prefix

    assert person.walk() == ""


@both
def test_an_unknown_path_is_a_problem_in_the_language_of_the_path(prefix, detail):
    response = Client().get(f"{prefix}nope/")

    assert response.status_code == 404
    assert response.json()["code"] == "not_found"
    assert response.json()["detail"] == detail


@both
def test_a_missing_slash_is_named(prefix, detail):
    response = Client().post(f"{prefix}auth/v1/session")

    assert response.json()["path"] == f"{prefix}auth/v1/session/"


@both
def test_the_document_lists_the_urls_of_the_language(client, prefix, detail):
    response = client.get(f"{prefix}schema/")

    assert f"{prefix}auth/v1/session/:" in response.content.decode()


def test_a_path_below_no_prefix_is_djangos(client):
    response = client.get("/pt-br/nope/")

    assert response.status_code == 404
    assert response.headers["Content-Type"].startswith("text/html")
