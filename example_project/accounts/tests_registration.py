"""Sign-up with our field and our step, over HTTP."""

import re
from http import HTTPStatus

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse
from model_bakery import baker

from example_project.accounts.models import Customer
from starterkit_core.ports import personal_data

URL = reverse("starterkit_auth:registration")
ADA = {"email": "ada@example.org", "password": "lighthouse-keeper-7"}

pytestmark = pytest.mark.django_db


def customers():
    return [(c.user.email, c.company) for c in Customer.objects.all()]


def test_a_sign_up_makes_a_customer(sign_up):
    response = sign_up(**ADA, company="Analytical Engines")

    assert response.status_code == HTTPStatus.CREATED
    assert customers() == [("ada@example.org", "Analytical Engines")]


def test_the_company_may_be_left_out(sign_up):
    response = sign_up(**ADA)

    assert response.status_code == HTTPStatus.CREATED
    assert customers() == [("ada@example.org", "")]


def test_a_company_that_is_too_long_makes_no_account(api):
    response = api.post(URL, ADA | {"company": "x" * 81})

    (problem,) = response.json()["errors"]
    assert response.status_code == HTTPStatus.BAD_REQUEST
    assert (problem["pointer"], problem["code"]) == ("/company", "max_length")
    assert not get_user_model().objects.exists()


def test_the_company_of_another_sign_up_is_not_taken(api, sign_up):
    api.post(URL, ADA | {"company": "A stranger's"})

    sign_up(**ADA)

    assert customers() == [("ada@example.org", "")]


def test_the_rest_of_the_sign_up_is_the_modules_own(api, mailbox):
    api.post(URL, ADA | {"company": "Analytical Engines"})

    assert re.search(r"^\d{6}$", mailbox[0].body, re.MULTILINE)


def test_the_openapi_document_shows_our_field(api):
    document = api.get(reverse("schema"), {"format": "json"}).json()

    fields = document["components"]["schemas"]["AuthRegisterRequest"]["properties"]
    assert fields["company"]["maxLength"] == 80


def test_the_data_of_a_customer_is_exported_and_erased(user):
    baker.make(Customer, user=user, company="Analytical Engines")

    exported = personal_data.export(user)["customer"]
    personal_data.erase(user)

    assert exported == {"company": "Analytical Engines"}
    assert not Customer.objects.exists()
