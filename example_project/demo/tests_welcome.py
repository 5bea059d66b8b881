"""The welcome page: with passwords and mails on a demo only."""

from http import HTTPStatus

import pytest
from django.core.mail import EmailMessage
from django.urls import reverse

from example_project.demo.accounts import PASSWORD
from example_project.demo.mails import SEPARATOR

URL = reverse("welcome")


@pytest.fixture
def demo(settings, tmp_path):
    settings.DEBUG = True
    settings.MAIL_DIR = tmp_path
    return tmp_path


def put_mail(folder, name, subject, body):
    """Write a mail as Django's file backend does."""
    mail = EmailMessage(subject, body, to=["ada@example.com"])
    content = mail.message().as_bytes() + b"\n" + SEPARATOR
    (folder / f"{name}.log").write_bytes(content)


def page_of(client):
    response = client.get(URL)
    assert response.status_code == HTTPStatus.OK
    return response.content.decode()


def test_links_the_pages_and_lists_the_modules(client):
    page = page_of(client)

    for place in ("docs", "redoc", "schema", "admin:index"):
        assert f'href="{reverse(place)}"' in page
    for module in ("starterkit_auth", "starterkit_terms", "notes"):
        assert module in page


def test_shows_commands_with_the_address_of_this_server(client, settings):
    settings.ALLOWED_HOSTS = ["api.example.com"]

    page = client.get(URL, headers={"Host": "api.example.com"}).content.decode()

    assert "curl http://api.example.com/api/terms/v1/documents/" in page


@pytest.mark.usefixtures("demo")
def test_shows_how_to_sign_in_where_debug_is_on(client):
    page = page_of(client)

    assert "ada@example.com" in page
    assert PASSWORD in page


def test_shows_no_password_and_no_mail_where_debug_is_off(client, demo, settings):
    put_mail(demo, "1", "Your code", "123456")
    settings.DEBUG = False

    page = page_of(client)

    assert PASSWORD not in page
    assert "123456" not in page


def test_shows_the_last_mails_newest_first_and_escaped(client, demo):
    put_mail(demo, "1", "Older mail", "111111")
    put_mail(demo, "2", "Newer mail", "<script>alert(1)</script>")

    page = page_of(client)

    assert page.index("Newer mail") < page.index("Older mail")
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_links_lead_somewhere(client, db):
    for place in ("docs", "redoc", "schema"):
        assert client.get(reverse(place)).status_code == HTTPStatus.OK
