import os
import re
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connections
from django.test import Client
from django.urls import reverse

from starterkit_core.db.databases import rows_of
from starterkit_core.testing.client import ApiClient
from starterkit_core.testing.plugin import PASSWORD

HERE = Path(__file__).parent


def pytest_ignore_collect(collection_path, config):
    """Collect a host only in a process that runs with its settings."""
    if HERE not in collection_path.parents:
        return None
    host = collection_path.relative_to(HERE).parts[0]
    active = os.environ.get("DJANGO_SETTINGS_MODULE", "")
    is_other = (HERE / host).is_dir() and active != f"tests.hosts.{host}.settings"
    return True if is_other else None


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix):
    """Name the databases after the host, as several hosts may run at a time.

    And after their alias, as each of a host's databases must be another one.
    """
    host = os.environ["DJANGO_SETTINGS_MODULE"].split(".")[-2]
    for connection in connections.all():
        if connection.vendor != "sqlite":
            names = connection.settings_dict
            names["TEST"]["NAME"] = f"test_{names['NAME']}_{host}_{connection.alias}"


class Person:
    """A person who uses the API of a host, each method one request."""

    def __init__(self, mailbox, prefix="/api/"):
        self.client = ApiClient()
        self.mailbox, self.prefix = mailbox, prefix
        self.email = "ada@example.com"
        self.changes = {"first_name": "Ada"}
        self.tokens = {}
        self.registration_token = ""

    def send(self, request, body=None, **headers):
        """Send a request such as ``GET users/v1/me/``."""
        method, path = request.split()
        return getattr(self.client, method.lower())(
            f"{self.prefix}{path}", body, **headers
        )

    def sign_up(self, **fields):
        body = {"email": self.email, "password": PASSWORD, **fields}
        return self._asked(self.send("POST auth/v1/registration/", body))

    def confirm(self):
        body = {"registration_token": self.registration_token, "code": self.code}
        return self._open("POST auth/v1/registration/confirmation/", body)

    def sign_in(self, password=PASSWORD, **client):
        body = {"email": self.email, "password": password, "client": client}
        return self._asked(self._open("POST auth/v1/session/", body))

    def ask_for_reset(self):
        return self.send("POST auth/v1/password/reset/", {"email": self.email})

    def refresh(self):
        body = {"refresh_token": self.tokens["refresh_token"]}
        return self._open("POST auth/v1/session/refresh/", body)

    def read_me(self):
        return self.send("GET users/v1/me/")

    def rename(self):
        """Change the name, which the gates guard."""
        return self.send("PATCH users/v1/me/", self.changes)

    def accept_terms(self):
        """Accept every document that is pending."""
        pending = self.send("GET terms/v1/pending/").json()["results"]
        read = [
            {"version": it["version"], "content_hash": it["content_hash"]}
            for it in pending
        ]
        return self.send("POST terms/v1/acceptances/", {"acceptances": read})

    def _open(self, request, body):
        response = self.send(request, body)
        if response.status_code < 300:
            self.use(response)
        return response

    def _asked(self, response):
        """Keep the token of a registration that waits for its confirmation."""
        if "json" in response.headers["Content-Type"]:  # a host may refuse in HTML
            former = self.registration_token
            self.registration_token = response.json().get("registration_token", former)
        return response

    def use(self, response):
        """Go on with the tokens of a response."""
        self.tokens = response.json()
        token = self.tokens.get("access_token", "")
        self.client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")

    @property
    def code(self):
        """The code in the last mail."""
        [code] = re.findall(r"^\d{6}$", self.mailbox[-1].body, re.MULTILINE)
        return code

    def walk(self):
        """Sign up, confirm, read, rename, renew, change the password, sign out and in.

        Returns what went wrong first, or "".
        """
        steps = [
            (202, self.sign_up),
            (201, self.confirm),
            (200, self.read_me),
            (200, self.rename),
            (200, self.refresh),
            (200, lambda: self.send("GET auth/v1/session/")),
            (200, lambda: self.send("GET auth/v1/sessions/")),
            (200, lambda: self.send("GET auth/v1/events/")),
            (200, lambda: self.send("GET terms/v1/pending/")),
            (202, lambda: self.send("POST auth/v1/email/change/", self._new_address())),
            (204, lambda: self.send("DELETE auth/v1/session/")),
            (201, self.sign_in),
            (202, self.ask_for_reset),
            (204, self._reset),
            (401, self.read_me),
        ]
        for expected, step in steps:
            response = step()
            if response.status_code != expected:
                request = response.wsgi_request
                return (
                    f"{request.method} {request.path}: {response.status_code} instead "
                    f"of {expected}: {response.content.decode()[:2000]}"
                )
        return ""

    def _new_address(self):
        return {"email": f"new.{self.email}"}

    def _reset(self):
        body = {"email": self.email, "code": self.code, "new_password": f"{PASSWORD} 2"}
        return self.send("POST auth/v1/password/reset/confirmation/", body)


@pytest.fixture
def publish_terms(tmp_path):
    """Publish a document by the command, which returns what it printed.

    ``publish_terms("Be kind.", "--label", "2")``.
    """

    def publish(text, *options):
        file, said = tmp_path / "terms.md", StringIO()
        file.write_text(f"# Terms\n\n{text}", "utf-8")
        given = ("terms_publish", "terms", str(file), "--label", "1", *options)
        call_command(*given, stdout=said)
        return said.getvalue()

    return publish


@pytest.fixture
def office(make_user):
    """A browser in which an administrator is signed in to Django's admin."""
    browser = Client()
    browser.force_login(make_user(is_staff=True, is_superuser=True))
    return browser


@pytest.fixture
def suspend(office):
    """Suspend the user with this address, by the action of the Django admin."""

    def save(email):
        user = rows_of(get_user_model()).get(email=email)
        name = f"{user._meta.app_label}_{user._meta.model_name}"
        body = {"action": "suspend", "_selected_action": [str(user.pk)]}
        body |= {"reason": "spam", "until_0": "", "until_1": ""}
        response = office.post(reverse(f"admin:{name}_changelist"), body)
        assert response.status_code == 302, response.context["errors"]

    return save


@pytest.fixture
def person(db, mailbox):
    """A person who has no account yet; nothing of the client carries over."""
    return Person(mailbox)


@pytest.fixture
def published(db, api, publish_terms):
    """Terms that every user must accept; what a client sends to accept them."""
    publish_terms("Be kind.")
    [document] = api.get("/api/terms/v1/documents/").json()["results"]
    accepted = {name: document[name] for name in ("version", "content_hash")}
    return {"acceptances": [accepted]}
