"""The pages on which a user deletes an account, signed out."""

import re
from datetime import timedelta
from http import HTTPStatus

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.core import mail
from django.test import Client, TestCase
from django.urls import reverse
from django.utils import timezone

from starterkit_users.models import Status
from starterkit_users.services import account_links, lifecycle

BASE = "https://api.example.com"
REQUEST = reverse("starterkit_users:account-deletion")
LINK = re.compile(r"https://api\.example\.com(/\S+)")
TOKEN = re.compile(r'name="token" value="([^"]+)"')
CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')

pytestmark = [
    pytest.mark.usefixtures("with_addresses"),
    pytest.mark.django_db,
    pytest.mark.skipif(
        not lifecycle.has_status(), reason="the user model has no columns of the state"
    ),
]


@pytest.fixture
def pages(tuner):
    tune = tuner("STARTERKIT_USERS")
    tune(PAGES_URL=BASE)
    return tune


def stored(user):
    return get_user_model()._base_manager.get(pk=user.pk)


def address_of(user):
    return getattr(user, user.get_email_field_name())


def submit(browser, url, **fields):
    """Open a page and send its form, as a browser does."""
    page = browser.get(url)
    found = {"token": TOKEN, "csrfmiddlewaretoken": CSRF}
    sent = {name: it.search(page.content.decode()) for name, it in found.items()}
    given = {name: it[1] for name, it in sent.items() if it}
    with TestCase.captureOnCommitCallbacks(execute=True):
        return browser.post(url, given | fields)


@pytest.fixture
def browser(pages):
    return Client(enforce_csrf_checks=True)


def test_deletes_and_restores_an_account_by_links(browser, user):
    asked = submit(browser, REQUEST, email=address_of(user))
    assert asked.status_code == HTTPStatus.OK
    (path,) = LINK.findall(mail.outbox[0].body)

    done = submit(browser, path)
    assert done.status_code == HTTPStatus.OK
    assert stored(user).status == Status.DELETION_SCHEDULED

    (path,) = LINK.findall(mail.outbox[1].body)
    kept = submit(browser, path)
    assert kept.status_code == HTTPStatus.OK
    assert stored(user).status == Status.ACTIVE


def test_opening_a_link_changes_no_account(browser, user, pages):
    page = browser.get(account_links.deletion_link(user).removeprefix(BASE))

    assert page.status_code == HTTPStatus.OK
    assert "Delete my account" in page.content.decode()
    assert stored(user).status == Status.ACTIVE


def test_says_the_same_for_an_address_without_an_account(browser, user):
    known = submit(browser, REQUEST, email=address_of(user))
    unknown = submit(browser, REQUEST, email="other@example.com")

    assert known.content == unknown.content
    assert len(mail.outbox) == 1


def test_a_link_works_once(browser, user, pages):
    path = account_links.deletion_link(user).removeprefix(BASE)
    submit(browser, path)
    user = stored(user)
    lifecycle.change(user, Status.ACTIVE)

    again = browser.get(path)

    assert again.status_code == HTTPStatus.BAD_REQUEST
    assert "This link is void" in again.content.decode()


def test_a_link_expires(browser, user, pages):
    path = account_links.deletion_link(user).removeprefix(BASE)

    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        assert browser.get(path).status_code == HTTPStatus.BAD_REQUEST


def test_a_new_password_voids_a_link(browser, user, pages):
    path = account_links.deletion_link(user).removeprefix(BASE)
    user.set_password("another correct horse")
    user.save()

    assert browser.get(path).status_code == HTTPStatus.BAD_REQUEST


@pytest.mark.parametrize("token", ["", "nonsense", "a\0b", "x" * 5000, "WzFd:1:2"])
@pytest.mark.parametrize("page", ["deletion-confirmation", "restoration"])
def test_a_malformed_token_is_void(browser, page, token):
    url = reverse(f"starterkit_users:account-{page}")

    response = browser.get(url, {"token": token})

    assert response.status_code == HTTPStatus.BAD_REQUEST


def test_a_link_to_delete_does_not_restore(browser, user, pages):
    path = account_links.deletion_link(user).removeprefix(BASE)
    other = path.replace("deletion/confirmation", "restoration")

    assert browser.get(other).status_code == HTTPStatus.BAD_REQUEST


def test_no_other_site_can_press_the_button(browser, user, pages):
    path = account_links.deletion_link(user).removeprefix(BASE)
    token = TOKEN.search(browser.get(path).content.decode())[1]

    response = Client(enforce_csrf_checks=True).post(path, {"token": token})

    assert response.status_code == HTTPStatus.FORBIDDEN
    assert stored(user).status == Status.ACTIVE


@pytest.mark.parametrize(
    "email", ["", "nonsense", "a\0b@example.com", "a@" + "x" * 300]
)
def test_refuses_what_is_no_address(browser, email):
    response = submit(browser, REQUEST, email=email)

    assert response.status_code == HTTPStatus.BAD_REQUEST
    assert not mail.outbox


def test_mails_to_one_address_and_requests_of_one_network_are_limited(browser, user):
    answers = [submit(browser, REQUEST, email=address_of(user)) for _ in range(11)]

    assert len(mail.outbox) == 3
    assert answers[9].status_code == HTTPStatus.OK
    assert answers[10].status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert int(answers[10]["Retry-After"]) > 0


def test_a_suspended_user_gets_no_link(browser, make_user):
    user = make_user(is_active=False)

    submit(browser, REQUEST, email=address_of(user))

    assert not mail.outbox


def test_pages_are_not_kept_nor_framed_nor_indexed(browser, user, pages):
    page = browser.get(account_links.deletion_link(user).removeprefix(BASE))

    assert "no-store" in page["Cache-Control"]
    assert page["X-Frame-Options"] == "DENY"
    assert page["X-Robots-Tag"] == "noindex"
    assert page["Referrer-Policy"] == "strict-origin"


def test_without_the_setting_there_are_no_pages(user):
    urls = [
        reverse(f"starterkit_users:account-{page}")
        for page in ("deletion", "deletion-confirmation", "restoration")
    ]

    assert {Client().get(url).status_code for url in urls} == {HTTPStatus.NOT_FOUND}


def test_speaks_the_language_of_the_reader(browser):
    page = browser.get(REQUEST, headers={"Accept-Language": "pt-BR"})

    assert 'lang="pt-br"' in page.content.decode()
