"""Requests to the deployment, each from a network of its own."""

import http.client
import json
import ssl
import time
from dataclasses import dataclass, field, replace
from email import message_from_string, policy
from email.message import EmailMessage
from http import HTTPStatus
from itertools import count
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from tests.journey import CODE, text_of
from tests.production.deployment import Deployment
from tests.production.nginx import Nginx
from tests.production.programs import until

PATIENCE = 60
"""Seconds after which a client gives up; far longer than any documented wait."""

PASSWORD = "lighthouse-keeper-7"
_networks = count(2)


def new_network() -> str:
    """Return an address of this machine that no other client has."""
    number = next(_networks)
    return f"127.{1 + number // 62_500}.{number // 250 % 250}.{1 + number % 250}"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """An answer; the status is 0 if there was none."""

    status: int = 0
    body: Any = None
    retry_after: str = ""
    seconds: float


@dataclass
class Client:
    """A user's program. Without ``trust`` it speaks to a server as a proxy would."""

    url: str
    email: str = ""
    token: str = ""
    refresh: str = ""
    network: str = field(default_factory=new_network)
    trust: ssl.SSLContext | None = None

    def at(self, url: str) -> "Client":
        """Return the same user, who calls another server."""
        return replace(self, url=url)

    def through(self, nginx: Nginx) -> "Client":
        """Return the same user, who calls nginx."""
        return replace(self, url=nginx.url, trust=nginx.trust)

    def get(self, path: str) -> Answer:
        return self.send("GET", path)

    def post(self, path: str, body: Any, **headers: str) -> Answer:
        return self.send("POST", path, body, **headers)

    def delete(self, path: str) -> Answer:
        return self.send("DELETE", path)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """Send one request, over a connection of its own."""
        data = None if body is None else json.dumps(body)
        begin = time.monotonic()
        connection = self._connection()
        try:
            sent = self._headers() | {n.replace("_", "-"): headers[n] for n in headers}
            connection.request(method, f"/api/{path}", data, sent)
            response = connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException):
            return Answer(seconds=time.monotonic() - begin)
        finally:
            connection.close()
        return Answer(
            status=response.status,
            body=_read(content),
            retry_after=response.headers.get("Retry-After", ""),
            seconds=time.monotonic() - begin,
        )

    def keep(self, answer: Answer) -> Answer:
        """Keep the user and the tokens of a session that was opened or renewed."""
        self.email = answer.body["user"]["email"]
        self.token = answer.body["access_token"]
        self.refresh = answer.body["refresh_token"]
        return answer

    def _connection(self) -> http.client.HTTPConnection:
        host = urlsplit(self.url).netloc
        if self.trust is None:
            return http.client.HTTPConnection(host, timeout=PATIENCE)
        source = (self.network, 0)
        return http.client.HTTPSConnection(
            host, timeout=PATIENCE, source_address=source, context=self.trust
        )

    def _headers(self) -> dict[str, str]:
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if self.trust is None:
            headers["X-Forwarded-For"] = self.network
            headers["X-Forwarded-Proto"] = "https"
        return headers


def _read(content: bytes) -> Any:
    try:
        return json.loads(content) if content else None
    except ValueError:
        return content


class Post:
    """What the mail server of the deployment was given, by address."""

    def __init__(self, deployment: Deployment) -> None:
        self._mails = deployment.mail.mails
        self._read = 0
        self._by_address: dict[str, list[EmailMessage]] = {}

    def to(self, address: str) -> list[EmailMessage]:
        """Return the mails to an address."""
        new = self._mails[self._read :]
        self._read += len(new)
        for raw in new:
            mail = message_from_string(raw, _class=EmailMessage, policy=policy.default)
            self._by_address.setdefault(mail["To"], []).append(mail)
        return self._by_address.get(address, [])

    def code_for(self, address: str) -> str:
        """Wait for a mail, and return the code in the last one."""
        until(lambda: bool(self.to(address)))
        found = CODE.search(text_of(self.to(address)[-1]).replace("\r", ""))
        assert found, "the mail has no code"  # noqa: S101  # a test's
        return found[1]


@dataclass(frozen=True)
class SignUp:
    """A sign-up that was asked for, and its answer."""

    email: str
    answer: Answer

    @property
    def credentials(self) -> dict[str, str]:
        return {"email": self.email, "password": PASSWORD}

    def confirm(self, client: Client, post: Post) -> Answer:
        """Prove the address by the code from the mail."""
        token = self.answer.body["registration_token"]
        body = {"registration_token": token, "code": post.code_for(self.email)}
        return client.post("auth/v1/registration/confirmation/", body)


def sign_up(client: Client) -> SignUp:
    """Ask for an account with a new address, with the terms that are in force."""
    email = f"{uuid4().hex}@example.com"
    documents = client.get("terms/v1/documents/")
    if documents.status != HTTPStatus.OK:
        return SignUp(email, documents)
    body = {
        "email": email,
        "password": PASSWORD,
        "accepted_terms": [
            {"version": found["version"], "content_hash": found["content_hash"]}
            for found in documents.body["results"]
            if found["mandatory"]
        ],
    }
    return SignUp(email, client.post("auth/v1/registration/", body))
