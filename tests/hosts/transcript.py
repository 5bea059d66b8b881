"""Everything that the API of a host answers on a long way through it, as text."""

import os
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from django.core.management import call_command

from starterkit_core.testing.plugin import PASSWORD

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)

CHANGING = {
    "id": re.compile(r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"),
    "token": re.compile(r"\bsk[acdgilr]_[\w-]+"),
    "request": re.compile(r"\b[0-9a-f]{32}\b"),
    "etag": re.compile(r'(?<=ETag: ")\w+'),
    "version": re.compile(r"(?<=version: )'?1.*|(?<=starterkit).*(?=\.yaml)"),
    "cursor": re.compile(r'(?<=(next|ious)":")[^"]+'),
}
"""What is different each time, and the version of the project's API."""

LENGTH = "Content-Length"
TERMS = "# Terms\n\nBe kind … always.\n"


@pytest.fixture
def transcript(person, tmp_path):
    """The answers; they are saved, too, if the environment has a place for them."""
    with time_machine.travel(NOW.timestamp(), tick=False):
        text = written(Recorder(person, tmp_path).go())
    if place := os.environ.get("TRANSCRIPT"):
        Path(place).write_text(text, "utf-8")
    return text


def written(answers):
    """Return the answers as text in which only what changes each time is left out."""
    text = "\n\n".join(map(one, answers))
    for name, pattern in CHANGING.items():
        text = pattern.sub(f"<{name}>", text)
    return text


def one(answer):
    lines = [f"{name}: {value}" for name, value in answer.headers.items()]
    lines += [str(cookie) for cookie in answer.cookies.values()]
    head = f"{answer.request['REQUEST_METHOD']} {answer.request['PATH_INFO']}"
    return "\n".join(
        [
            f"{head} → HTTP {answer.status_code}",
            *(line for line in lines if not line.startswith(LENGTH)),
            answer.content.decode(),
        ]
    )


class Recorder:
    """Sends requests as a person, and keeps each answer."""

    def __init__(self, person, folder):
        self.person, self.folder, self.answers = person, folder, []
        plain = person.client.request

        def request(**environ):
            answer = plain(**environ)
            self.answers.append(answer)
            return answer

        person.client.request = request

    def go(self):
        """Return every answer."""
        self.publish()
        self.visit()
        self.sign_up()
        self.use()
        self.make_mistakes()
        self.ask_oddly()
        self.use_a_browser()
        return self.answers

    def send(self, request, body=None, **headers):
        return self.person.send(request, body, **headers)

    def publish(self):
        file = self.folder / "terms.md"
        file.write_text(TERMS, "utf-8")
        given = ("terms_publish", "terms", str(file), "--label", "1")
        call_command(*given, "--enforce-at", "2026-03-02T00:00Z", verbosity=0)

    def visit(self):
        """Be a client that is not signed in."""
        self.send("GET auth/v1/config/")
        [document] = self.send("GET terms/v1/documents/").json()["results"]
        self.claim = {name: document[name] for name in ("version", "content_hash")}
        self.send("GET users/v1/me/")
        self.send("DELETE auth/v1/session/")

    def sign_up(self):
        self.person.sign_up()
        self.person.sign_up(accepted_terms=[{}, self.claim, {"version": 1}])
        self.person.sign_up(accepted_terms=[self.claim])
        self.person.confirm()
        self.person.confirm()

    def use(self):
        self.person.read_me()
        self.send("PATCH users/v1/me/", {"first_name": "Zoë 名", "last_name": "<b>"})
        self.person.refresh()
        self.person.sign_in(device_name="Téléphone")
        for path in ("sessions", "events"):
            cursor = self.send(f"GET auth/v1/{path}/?limit=1").json()["next"]
            self.send(f"GET auth/v1/{path}/?limit=1&count=exact&cursor={cursor}")
        self.send("GET terms/v1/pending/")
        self.send("POST terms/v1/acceptances/", {"acceptances": [self.claim]})
        self.send("POST auth/v1/session/step-up/", {"password": "wrong"})

    def make_mistakes(self):
        self.send("POST auth/v1/session/", {"email": "ada", "client": {"platform": 1}})
        self.send("POST auth/v1/session/", [])
        self.send("POST auth/v1/registration/confirmation/", {"code": "1"})
        self.send("POST auth/v1/password/reset/confirmation/", {"new_password": "x"})
        self.send("POST terms/v1/acceptances/", {"acceptances": [self.claim, {}]})
        self.send("POST terms/v1/acceptances/", {"acceptances": "all"})
        self.send("PUT users/v1/me/", {})
        self.send("OPTIONS users/v1/me/")
        self.send("HEAD auth/v1/session/")
        self.send("GET auth/v1/sessions/?limit=0&count=all")
        self.send("GET auth/v1/sessions/?cursor=1")
        self.send("DELETE auth/v1/sessions/00000000-0000-7000-8000-000000000000/")
        self.send("GET nothing/")
        post = self.person.client.post
        post("/api/auth/v1/session/", b"{", content_type="application/json")
        post("/api/auth/v1/session/", b"email=ada", content_type="text/plain")

    def ask_oddly(self):
        """Ask as the settings of other projects have it."""
        for query in ("format=api", "format=xml", "version=9", "search=a", "page=2"):
            self.send(f"GET users/v1/me/?{query}")
            self.send(f"GET users/v1/me/?{query}", HTTP_ACCEPT="text/html,*/*;q=0.1")
        for accept in ("application/json; version=9", "application/json; indent=4"):
            self.send("GET users/v1/me/", HTTP_ACCEPT=accept)
        self.send("GET users/v1/me/", HTTP_ACCEPT="text/csv")
        self.send("GET auth/v1/sessions/?limit=9", HTTP_ACCEPT="text/html,*/*;q=0.1")
        session = self.person.tokens["session"]["id"]
        self.send(f"DELETE auth/v1/sessions/{session}/", HTTP_ACCEPT="application/*")

    def use_a_browser(self):
        self.person.client.credentials()
        ours = {"HTTP_SEC_FETCH_SITE": "same-origin"}
        body = {"email": self.person.email, "password": "wrong"}
        self.send("POST auth/v1/session/", body, **ours)
        body |= {"password": PASSWORD, "client": {"transport": "cookie"}}
        self.send("POST auth/v1/session/", body, **ours)
        self.send("GET users/v1/me/")
        self.send("PATCH users/v1/me/", {"first_name": "Eve"})
        self.send("DELETE auth/v1/session/", **ours)
        self.send("GET schema/")
