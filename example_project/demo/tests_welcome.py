"""The welcome page: with passwords and mails on a demo only."""

import re
from http import HTTPStatus

import pytest
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse

from example_project.demo.accounts import PASSWORD
from example_project.demo.mails import SEPARATOR
from starterkit_auth.services.purposes import RULES
from starterkit_users.conf import conf as users

URL, MAILBOX = reverse("welcome"), reverse("mailbox")
POLICY = "Content-Security-Policy"


@pytest.fixture
def demo(settings, tmp_path):
    settings.DEBUG = True
    settings.MAIL_DIR = tmp_path
    return tmp_path


def put_mail(folder, name, subject, body, html="<p>Hello"):
    """Write a mail as Django's file backend does."""
    mail = EmailMultiAlternatives(subject, body, to=["ada@example.com"])
    mail.attach_alternative(html, "text/html")
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


def test_the_mailbox_shows_the_newest_first_and_escaped(client, demo):
    put_mail(demo, "1", "Older mail", "111111")
    put_mail(demo, "2", "Newer mail", "<script>alert(1)</script>\n222222\n")

    page = client.get(MAILBOX).content.decode()

    assert page.index("Newer mail") < page.index("Older mail")
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_the_mailbox_shows_codes_to_copy_and_links_to_open(client, demo):
    put_mail(demo, "1", "Your code", "222222\n\nhttp://testserver/confirm?token=abc\n")

    page = client.get(MAILBOX).content.decode()

    assert "<code data-copy>222222</code>" in page
    assert 'href="http://testserver/confirm?token=abc"' in page


def test_notices_stand_apart_below_the_codes(client, demo):
    put_mail(demo, "1", "Your code", "222222\n")
    put_mail(demo, "2", "New sign-in", "There was a sign-in.")

    page = client.get(MAILBOX).content.decode()

    assert page.index("Your code") < page.index("Notices:") < page.index("New sign-in")


def test_the_html_of_a_mail_runs_no_script_and_shows_only_in_our_frame(client, demo):
    put_mail(demo, "1", "Hello", "Hi", html='<a href="/x">x</a><script>1</script>')

    answer = client.get(reverse("mail", args=["1-0"]))

    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox allow-popups ")
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert '<a target="_blank" rel="noopener" href="/x">' in answer.content.decode()


@pytest.mark.parametrize("key", ["1-1", "..-0", "nothing"])
def test_a_mail_that_is_not_there_is_not_found(client, demo, key):
    put_mail(demo, "1", "Hello", "Hi")

    assert client.get(reverse("mail", args=[key])).status_code == HTTPStatus.NOT_FOUND


def test_there_is_no_mailbox_where_debug_is_off(client, demo, settings):
    put_mail(demo, "1", "Hello", "Hi")
    settings.DEBUG = False

    for url in (MAILBOX, reverse("mail", args=["1-0"])):
        assert client.get(url).status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("url", [URL, "/confirm?token=abc"])
def test_a_page_has_nothing_active_within(client, url):
    response = client.get(url)

    page = response.content.decode()
    assert "script-src 'self'; style-src 'self'" in response.headers[POLICY]
    assert not re.search(r"<style|style=|<script(?! src=)| on\w+=", page)


def test_the_pages_speak_portuguese(client):
    page = client.get(URL, headers={"Accept-Language": "pt-BR"}).content.decode()

    assert '<html lang="pt-br">' in page
    assert "Está funcionando." in page


@pytest.mark.django_db
def test_each_link_in_a_mail_leads_to_a_page(client, settings):
    urls = [rules.url for rules in RULES.values()] + [users.INVITATION_URL]

    for url in urls:
        page = client.get(url.format(frontend="", token="abc"))
        assert page.status_code == HTTPStatus.OK
        assert 'value="abc"' in page.content.decode()


def test_a_link_without_its_token_says_so(client):
    assert "incomplete" in client.get("/confirm").content.decode()


def test_links_lead_somewhere(client, db):
    for place in ("docs", "redoc", "schema"):
        assert client.get(reverse(place)).status_code == HTTPStatus.OK
