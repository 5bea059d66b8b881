"""GET v1/acceptances/<acceptance_id>/receipt/: evidence for the caller to keep."""

from http import HTTPStatus
from uuid import uuid4

import pytest
from django.urls import reverse

from starterkit_terms.conftest import accepting
from starterkit_terms.utils.content_hash import content_hash

from .use_case import ReadReceipt

ACCEPT = reverse("starterkit_terms:acceptances")

pytestmark = pytest.mark.django_db


def url_of(acceptance_id):
    return reverse("starterkit_terms:receipt", args=[acceptance_id])


@pytest.fixture
def accepted(client_of, user, make_document, make_version):
    version = make_version(make_document(key="terms"), texts=("en", "pt-br"))
    body = {"acceptances": [accepting(version, "pt-br")]}
    return client_of(user).post(ACCEPT, body).json()["results"][0]


def test_says_what_was_shown_and_done(client_of, user, accepted):
    response = client_of(user).get(url_of(accepted["id"]))

    assert response.status_code == HTTPStatus.OK
    receipt = response.json()
    assert receipt["schema"] == "starterkit-terms/1"
    assert receipt["receipt_id"] == accepted["id"]
    assert receipt["subject_id"] == receipt["actor_id"] == str(user.pk)
    assert receipt["event"].pop("request_id")
    assert receipt["event"] == {
        "type": "accepted",
        "time": accepted["happened_at"],
        "valid_until": None,
        "method": "api",
        "authority": "self",
    }
    notice = receipt["notice"]
    assert (notice["document"], notice["language"]) == ("terms", "pt-br")
    assert notice["content_hash"] == accepted["content_hash"]


def test_its_hash_can_be_computed_from_it(client_of, user, accepted):
    notice = client_of(user).get(url_of(accepted["id"])).json()["notice"]

    digest = content_hash(
        document=notice["document"],
        number=notice["number"],
        locale=notice["language"],
        title=notice["title"],
        checkbox=notice["wording"],
        source=notice["source"],
    )
    assert digest == notice["content_hash"]


def test_a_foreign_and_an_unknown_one_get_one_answer(client_of, make_user, accepted):
    client = client_of(make_user())

    for acceptance_id in (accepted["id"], uuid4()):
        response = client.get(url_of(acceptance_id))

        assert response.status_code == HTTPStatus.NOT_FOUND
        assert response.json()["code"] == "acceptance_not_found"


def test_needs_a_signed_in_user(api, accepted):
    assert api.get(url_of(accepted["id"])).status_code == HTTPStatus.UNAUTHORIZED


def test_takes_two_queries(client_of, user, accepted, django_assert_num_queries):
    client = client_of(user)

    with django_assert_num_queries(2):
        client.get(url_of(accepted["id"]))


class Blackened(ReadReceipt):
    """A host project's use case: one step replaced, the rest inherited."""

    def find_text(self, act):
        text = super().find_text(act)
        text.source = ""
        return text


def test_a_host_can_replace_one_step(client_of, user, accepted, settings):
    key = "starterkit_terms.v1.acceptances.acceptance_id.receipt.get"
    settings.STARTERKIT_OVERRIDES = {key: f"{__name__}.Blackened"}

    receipt = client_of(user).get(url_of(accepted["id"])).json()

    assert receipt["notice"]["source"] == ""
