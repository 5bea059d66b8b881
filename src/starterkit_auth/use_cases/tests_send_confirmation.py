"""One cooldown for every request that sends the mail which confirms an address."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from starterkit_auth.models import PendingRegistration
from starterkit_auth.services import addresses

PASSWORD = "correct horse battery staple"

pytestmark = pytest.mark.django_db


@pytest.fixture
def unproven(make_user):
    """A user whose address is registered and not proven."""
    user = make_user(password=PASSWORD)
    addresses.assign(user, addresses.mailbox_of(user))
    return user


@pytest.fixture
def sign_in(api, unproven):
    body = {"email": addresses.mailbox_of(unproven), "password": PASSWORD}
    return lambda: api.post(reverse("starterkit_auth:session"), body)


@pytest.fixture
def resend(api):
    url = reverse("starterkit_auth:registration-code")
    return lambda token: api.post(url, {"registration_token": token})


def wait(seconds):
    then = timezone.now() - timedelta(seconds=seconds)
    PendingRegistration.objects.update(mailed_at=then)


def test_signing_in_three_times_sends_one_mail_and_gives_one_token(sign_in, mailbox):
    answers = [sign_in().json() for _ in range(3)]

    assert {answer["code"] for answer in answers} == {"email_unverified"}
    assert len({answer["registration_token"] for answer in answers}) == 1
    assert len(mailbox) == 1


def test_signing_in_and_asking_for_a_code_share_the_cooldown(sign_in, resend, mailbox):
    token = sign_in().json()["registration_token"]
    resend(token)
    assert len(mailbox) == 1

    wait(31)
    resend(token)
    sign_in()

    assert len(mailbox) == 2


def test_an_address_that_the_project_changed_gets_a_mail_at_once(
    sign_in, api, unproven, mailbox
):
    sign_in()
    setattr(unproven, unproven.get_email_field_name(), "moved@example.com")
    unproven.save()

    body = {"email": "moved@example.com", "password": PASSWORD}
    answer = api.post(reverse("starterkit_auth:session"), body)

    assert answer.json()["code"] == "email_unverified"
    assert [mail.to for mail in mailbox[1:]] == [["moved@example.com"]]


def test_a_mail_that_is_not_sent_does_not_count(sign_in, mailbox, tune):
    tune(RESEND_ADDRESS_LIMIT="2/1h")
    for _ in range(5):
        sign_in()

    wait(31)
    sign_in()

    assert len(mailbox) == 2


@pytest.mark.django_db(transaction=True)
def test_of_many_sign_ins_at_once_one_sends_a_mail(
    unproven, at_once, client, mailbox, tune
):
    tune(HASHES_AT_ONCE=6)
    body = {"email": addresses.mailbox_of(unproven), "password": PASSWORD}
    url = reverse("starterkit_auth:session")

    def sign_in(number):
        return client.post(url, body, content_type="application/json").status_code

    assert at_once(6, sign_in) == [403] * 6

    assert len(mailbox) == 1
