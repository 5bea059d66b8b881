"""Export of what a user accepted, and what stays after erasure."""

import json

import pytest
from django.urls import reverse

from starterkit_core.ports import personal_data
from starterkit_terms.conftest import accepting
from starterkit_terms.models import ConsentState, acceptance_model

URL = reverse("starterkit_terms:acceptances")

pytestmark = pytest.mark.django_db


@pytest.fixture
def accepted(user, make_user, client_of, make_version):
    version = make_version()
    for person in (user, make_user()):
        client_of(person).post(URL, {"acceptances": [accepting(version)]})
    return version


def test_exports_my_acceptances(user, accepted):
    exported = personal_data.export(user)["terms"]

    (row,) = exported
    assert row["document"] == accepted.document.key
    assert row["content_hash"] == accepted.texts.get().content_hash
    assert row["address"] == "127.0.0.0/24"
    assert json.loads(json.dumps(exported)) == exported


def test_erasing_keeps_the_evidence_without_me(user, accepted):
    personal_data.erase(user)
    personal_data.erase(user)

    assert personal_data.export(user)["terms"] == []
    assert acceptance_model().objects.filter(version=accepted).count() == 2
    assert acceptance_model().objects.filter(user=None, address="").count() == 1
    assert not ConsentState.objects.of(user).exists()
    assert ConsentState.objects.count() == 1


def test_answers_for_the_model_in_force():
    assert acceptance_model.label in personal_data.covered_models()
