"""One person's way through the API, over real HTTP. It needs Python, and nothing else.

    python -m tests.journey --base-url http://127.0.0.1:8000 --mail-dir mails \
        --manage "python manage.py"

The server at the URL has all four modules below ``/api/`` and puts its mails into the
folder; ``--manage`` runs commands on its database. Each request is printed. The first
answer that is not as it should be is printed in full, and ends this with exit code 1.
"""

import argparse
import json
import re
import shlex
import struct
import subprocess
import sys
import tempfile
import time
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from io import BytesIO
from ipaddress import IPv4Address
from pathlib import Path
from random import randrange
from typing import Any, NoReturn
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener
from uuid import uuid4

SECONDS = 20
"""How long an answer, a mail or a command may take."""

PASSWORD = "lighthouse-keeper-7"
DOCUMENT = "terms-of-service"
CONSENT = "journey-news"

Claim = dict[str, str]
"""A claim to have read a version: its id, and the hash of its text."""

CODE = re.compile(r"^\s*(\d{6})\s*$", re.MULTILINE)
INVITATION = re.compile(r"\b(skn_[\w=-]+)")
EXPORT = re.compile(r"download it until (.+) \(UTC\)")
DELETION = re.compile(r"will be deleted on (.+) \(UTC\)")


@dataclass(frozen=True)
class Upload:
    """A form with one file (RFC 7578)."""

    content: bytes
    media_type = "multipart/form-data; boundary=journey"

    @property
    def encoded(self) -> bytes:
        """The body of the request."""
        head = b'--journey\r\nContent-Disposition: form-data; name="file"; filename="x"'
        return head + b"\r\n\r\n" + self.content + b"\r\n--journey--\r\n"


def png(side: int) -> bytes:
    """Return a grey picture."""
    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\x80" * side) * side)
    parts = {b"IHDR": header, b"IDAT": rows, b"IEND": b""}
    chunks = (
        struct.pack(">I", len(data))
        + kind
        + data
        + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts.items()
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def fail(message: str) -> NoReturn:
    """End with the message, and exit code 1."""
    sys.stdout.flush()
    sys.exit(f"journey: {message}")


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the server said."""

    status: int
    body: Any
    cookie: str = ""
    """Name and value of the cookie it set, if it did."""

    attributes: str = ""
    """Of that cookie, as they were sent."""


class Server:
    """Sends requests, prints each, and ends the journey at the first wrong answer."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url.rstrip("/")
        self.opener = build_opener(ProxyHandler({}))  # it is on this machine
        self.token = ""
        self.cookie = ""
        self.from_our_page = False
        self.requests = 0

    def call(
        self, request: str, expected: int, comment: str, body: Any = None, **must: Any
    ) -> Any:
        """Send a request such as ``GET users/v1/me/``; return the body of the answer.

        ``must`` are members that the body must have.
        """
        method, path = request.split()
        path = f"/api/{path}"
        answer = self._send(method, path, body)
        self.cookie = answer.cookie or self.cookie
        self.requests += 1
        print(f"{method:6} {path:42} -> {answer.status}   {comment}", flush=True)
        if problem := difference(answer, expected, must):
            fail(
                f"{method} {path} went wrong: {problem}.\n"
                f"sent      {json.dumps(body, default=str)}\n"
                f"expected  {expected} {json.dumps(must)}\n"
                f"got       {answer.status} {json.dumps(answer.body, indent=2)}"
            )
        return answer.body

    def _send(self, method: str, path: str, body: Any) -> Answer:
        data = None if body is None else json.dumps(body, default=str).encode()
        url, headers = self.base_url + path, self._headers()
        if isinstance(body, Upload):
            data, headers["Content-Type"] = body.encoded, body.media_type
        request = Request(url, data, headers, method=method)  # noqa: S310
        try:
            with self.opener.open(request, timeout=SECONDS) as response:
                return read(response)
        except HTTPError as refusal:
            with refusal:
                return read(refusal)
        except OSError as error:  # URLError and a timeout are kinds of it
            fail(f"no answer from {self.base_url}: {getattr(error, 'reason', error)}")

    def _headers(self) -> dict[str, str]:
        headers = {
            "User-Agent": "starterkit-journey",
            "Content-Type": "application/json",
            "Authorization": f"Bearer {self.token}" if self.token else "",
            "Cookie": self.cookie,
            # What a browser says by itself.
            "Sec-Fetch-Site": "same-origin" if self.from_our_page else "",
        }
        return {name: value for name, value in headers.items() if value}


class BehindProxy(Server):
    """Speaks as a proxy that ends TLS, for a client of a network of its own.

    So it needs no certificate, and no other run uses up its limits.
    """

    def __init__(self, base_url: str) -> None:
        super().__init__(base_url)
        self.network = str(IPv4Address(randrange(2**24) + int(IPv4Address("10.0.0.0"))))  # noqa: S311  # no secret

    def _headers(self) -> dict[str, str]:
        proxy = {"X-Forwarded-Proto": "https", "X-Forwarded-For": self.network}
        return super()._headers() | proxy

    def _send(self, method: str, path: str, body: Any) -> Answer:
        answer = super()._send(method, path, body)
        if answer.cookie and "; Secure" not in answer.attributes:
            fail(f"a cookie would be sent without TLS, too: {answer.attributes}")
        return answer


def read(response: Any) -> Answer:
    """Read an answer; of a zip, the names of its files; other types stay text."""
    content = response.read()
    if response.headers["Content-Type"] == "application/zip":
        body = {"files": zipfile.ZipFile(BytesIO(content)).namelist()}
    else:
        body = parsed(content.decode("utf-8", "replace"))
    cookie, *more = (response.headers["Set-Cookie"] or "").partition(";")
    attributes = "".join(more)
    return Answer(
        status=response.status, body=body, cookie=cookie, attributes=attributes
    )


def parsed(text: str) -> Any:
    """Return what the JSON says; what is no JSON stays text."""
    try:
        return json.loads(text) if text else None
    except ValueError:
        return text


def difference(answer: Answer, status: int, must: dict[str, Any]) -> str:
    """Return what is not as it should be, or ``""``."""
    if answer.status != status:
        return f"the status is {answer.status}"
    body = answer.body if isinstance(answer.body, dict) else {}
    wrong = [name for name in must if body.get(name) != must[name]]
    return f"{wrong[0]} is {body.get(wrong[0])!r}" if wrong else ""


class Mails:
    """The folder into which Django puts mails, as files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.seen: set[str] = set()

    def code_for(self, address: str) -> str:
        """Wait for another mail to ``address``, and return the six digits in it."""
        code = self._wait_for(CODE, address)
        print(f"       a mail to {address} has the code {code}")
        return code

    def invitation_for(self, address: str) -> str:
        """Wait for another invitation of ``address``, and return its token."""
        token = self._wait_for(INVITATION, address)
        print(f"       a mail to {address} has an invitation")
        return token

    def export_for(self, address: str) -> None:
        """Wait until the owner is told that an export is ready."""
        self._wait_for(EXPORT, address)
        print(f"       a mail to {address} says that the export is ready")

    def deletion_of(self, address: str) -> None:
        """Wait until the owner is told when the account will be erased."""
        moment = self._wait_for(DELETION, address)
        print(f"       a mail to {address} says: erased on {moment}")

    def _wait_for(self, pattern: re.Pattern[str], address: str) -> str:
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            for found in self._found(pattern, address) - self.seen:
                self.seen.add(found)
                return found
            time.sleep(0.1)
        fail(f"no such mail for {address} in {self.folder} for {SECONDS} s")

    def _found(self, pattern: re.Pattern[str], address: str) -> set[str]:
        mine = (text_of(mail) for mail in self._mails() if mail["To"] == address)
        return {found[1] for found in map(pattern.search, mine) if found}

    def _mails(self) -> Iterator[EmailMessage]:
        for raw in self.raw_mails():
            yield message_from_bytes(raw, _class=EmailMessage, policy=policy.default)

    def raw_mails(self) -> Iterator[bytes]:
        """Return the mails as Django wrote them."""
        for file in self.folder.glob("*.log"):
            yield from file.read_bytes().split(b"-" * 79 + b"\n")[:-1]


def text_of(mail: EmailMessage) -> str:
    """Return what a mail says to people who read plain text."""
    body = mail.get_body(("plain",))
    return str(body.get_content()) if body else ""


class Project:
    """The operator of the server, at a terminal."""

    def __init__(self, manage: str, env: Mapping[str, str] | None = None) -> None:
        self.manage = manage
        self.env = env

    def publish_terms(self, label: str, text: str) -> None:
        """Publish a version of the terms that every user has to accept."""
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "terms.md")
            file.write_text(f"# Terms of service\n\n{text}\n", "utf-8")
            command = ["terms_publish", DOCUMENT, str(file), "--label", label]
            self._run([*shlex.split(self.manage), *command])

    def publish_consent(self, key: str, text: str) -> None:
        """Publish a consent, unless it has been published before."""
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "consent.md")
            file.write_text(f"# News by mail\n\n{text}\n", "utf-8")
            command = ["terms_publish", key, str(file), "--label", "1", "--optional"]
            self._run([*shlex.split(self.manage), *command, "--nature", "consent"])

    def verify_evidence(self, user_id: str) -> None:
        """Export what a user accepted, and verify it without the project."""
        with tempfile.TemporaryDirectory() as folder:
            pack = Path(folder, "evidence")
            command = ["terms_export", str(pack), "--user", user_id]
            self._run([*shlex.split(self.manage), *command])
            self._run([sys.executable, "-I", str(pack / "verify.py")])

    def make_admin(self, email: str, password: str) -> None:
        """Make an administrator, beside those that there are."""
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "password")
            file.write_text(password, "utf-8")
            command = ["createadmin", email, "--password-file", str(file), "--force"]
            self._run([*shlex.split(self.manage), *command])

    def _run(self, command: list[str]) -> None:
        print(f"$ {shlex.join(command)}", flush=True)
        try:
            done = subprocess.run(
                command,
                env=self.env,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=3 * SECONDS,
                text=True,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            fail(f"the command did not run: {error}")
        if done.returncode:
            fail(f"the command failed:\n{done.stdout}")


class Journey:
    """A user signs up, uses the API, and signs out."""

    def __init__(
        self, server: Server, mails: Mails, project: Project, gated: str
    ) -> None:
        self.server, self.mails, self.project = server, mails, project
        self.gated = gated
        self.has_all = True
        self.password = PASSWORD
        self.email = f"ada.{uuid4().hex[:12]}@example.com"
        self.user: dict[str, str] = {}
        self.colleague: dict[str, str] = {}
        self.colleague_path = ""
        self.refresh_token = ""
        self.registration_token = ""
        self.code = ""

    def walk(self) -> None:
        """Run every step."""
        self.sign_up(self.read_terms())
        self.confirm_address()
        self.sign_out()
        self.sign_in()
        self.rename()
        if self.has_all:
            self.show_face()
        self.meet_new_terms()
        self.read_what_changed()
        self.accept_terms()
        self.decide_on_news()
        self.rotate_tokens()
        self.lose_a_phone()
        if self.has_all:
            self.take_data_along()
            self.meet_a_colleague()
        self.forget_password()
        self.move_mailbox()
        self.use_a_browser()
        self.sign_in()
        if self.has_all:
            self.change_mind()
        self.leave()

    def read_terms(self) -> list[Claim]:
        """Read what is in force, and return what must be accepted."""
        if not (claims := self.mandatory_claims("what is in force")):
            self.project.publish_terms("1", "Be kind.")
            claims = self.mandatory_claims("and now there is something to accept")
        if not claims:
            fail(f"{DOCUMENT} was published, and is not in force")
        return claims

    def mandatory_claims(self, comment: str) -> list[Claim]:
        """Return every mandatory document in force, as a claim to have read it."""
        body = self.server.call("GET terms/v1/documents/", 200, comment)
        return [claim_of(found) for found in body["results"] if found["mandatory"]]

    def sign_up(self, claims: list[Claim]) -> None:
        """Register without the terms, then with them."""
        path = "POST auth/v1/registration/"
        body: dict[str, Any] = {"email": self.email, "password": self.password}
        refused = "not without the terms"
        self.server.call(path, 400, refused, body, code="terms_not_accepted")
        body["accepted_terms"] = claims
        asked = self.server.call(path, 202, "sign up, terms accepted", body)
        self.registration_token = asked["registration_token"]
        self.code = self.mails.code_for(self.email)
        self.meet_a_stranger(body)

    def meet_a_stranger(self, body: dict[str, Any]) -> None:
        """Not confirm the sign-up of a stranger with the code of one's own."""
        path, theirs = "POST auth/v1/registration/", {"password": "not the owner's one"}
        asked = self.server.call(path, 202, "a stranger does, too", body | theirs)
        self.mails.code_for(self.email)
        crossed = {"registration_token": asked["registration_token"], "code": self.code}
        path, refusal = f"{path}confirmation/", {"code": "invalid_confirmation"}
        self.server.call(path, 400, "my code is for mine only", crossed, **refusal)

    def confirm_address(self) -> None:
        """Prove the address with the code from the mail."""
        path = "POST auth/v1/registration/confirmation/"
        body = {
            "registration_token": self.registration_token,
            "code": self.code,
        }
        opened = self.server.call(path, 201, "the code confirms it", body)
        self.keep_tokens(opened)

    def sign_out(self) -> None:
        """End the session."""
        self.server.call("DELETE auth/v1/session/", 204, "sign out")
        self.server.token = ""

    def sign_in(self) -> None:
        """Open a session with address and password, and read the account."""
        self.keep_tokens(self.open_session("sign in"))
        mine = {"email": self.email}
        self.server.call("GET users/v1/me/", 200, "read my account", **mine)

    def open_session(self, comment: str, **client: str) -> Any:
        """Sign in and return the answer."""
        body = {"email": self.email, "password": self.password, "client": client}
        return self.server.call("POST auth/v1/session/", 201, comment, body)

    def rename(self) -> None:
        """Change the first name."""
        body = {"first_name": "Ada"}
        self.server.call("PATCH users/v1/me/", 200, "change my name", body, **body)

    def show_face(self) -> None:
        """Set a picture, which is not what it was, and remove it."""
        path, page = "PUT users/v1/me/avatar/", Upload(b"<svg onload='alert(1)'/>")
        self.server.call(
            path, 400, "no page is a picture", page, code="invalid_picture"
        )
        picture = Upload(png(300))
        mine = self.server.call(path, 200, "this is one", picture)["avatar"]
        if not mine or not all(url.endswith(".webp") for url in mine.values()):
            fail(f"the account has no pictures: {mine}")
        self.server.call("GET users/v1/me/", 200, "here it is", avatar=mine)
        self.server.call("DELETE users/v1/me/avatar/", 204, "better without")
        self.server.call("GET users/v1/me/", 200, "it is gone", avatar=None)

    def meet_new_terms(self) -> None:
        """Be refused because of a version that was published meanwhile."""
        # To the second: the same text with the same label would be no new version.
        label = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}"
        self.project.publish_terms(label, "Be kind, also to yourself.")
        refusal = {"code": "terms_acceptance_required"}
        self.try_gated(403, "held up by the new terms", **refusal)

    def accept_terms(self) -> None:
        """Accept what is pending, and go on."""
        pending = self.server.call("GET terms/v1/pending/", 200, "what is to accept")
        claims = [claim_of(found) for found in contracts_of(pending)]
        if not claims:
            fail("nothing is pending, though the gate is closed")
        body = {"acceptances": claims}
        self.server.call("POST terms/v1/acceptances/", 201, "accept what I read", body)
        left = self.server.call("GET terms/v1/pending/", 200, "nothing is left")
        if contracts_of(left):
            fail("something is still pending")
        self.try_gated(200, "and go on")

    def read_what_changed(self) -> None:
        """Read the difference to the version that was accepted before."""
        pending = self.server.call("GET terms/v1/pending/", 200, "which are these")
        [new] = [it for it in contracts_of(pending) if it["document"] == DOCUMENT]
        path = f"GET terms/v1/documents/{DOCUMENT}/versions/{new['number']}/diff/"
        found = self.server.call(path, 200, "what has changed", number=new["number"])
        added = [line for hunk in found["hunks"] for line in hunk["after"]]
        if found["after"]["content_hash"] != new["content_hash"]:
            fail("the difference is about another text")
        if not any("also to yourself" in line for line in added):
            fail("the difference does not show what is new")

    def decide_on_news(self) -> None:
        """Give a consent, and withdraw it as easily; neither closes the gate."""
        self.project.publish_consent(CONSENT, "We write to you once a month.")
        path = f"terms/v1/consents/{CONSENT}/"
        asked = {"state": "not_asked"}
        found = self.server.call(f"GET {path}", 200, "a consent", **asked)
        body = {"state": "given"}
        given = body | claim_of(found)
        self.server.call(f"PUT {path}", 200, "give it", given, **body)
        body = {"state": "withdrawn"}
        self.server.call(f"PUT {path}", 200, "withdraw it", body, **body)
        self.server.call(f"GET {path}", 200, "it is withdrawn", **body)
        self.try_gated(200, "and go on all the same")
        self.project.verify_evidence(self.user["id"])

    def try_gated(self, expected: int, comment: str, **must: Any) -> None:
        """Send the request that needs accepted terms, with an empty body if any."""
        body = None if self.gated.startswith("GET ") else {}
        self.server.call(self.gated, expected, comment, body, **must)

    def rotate_tokens(self) -> None:
        """Renew the tokens, and use the new one."""
        former = {self.server.token, self.refresh_token}
        body = {"refresh_token": self.refresh_token}
        renewed = self.server.call("POST auth/v1/session/refresh/", 200, "renew", body)
        self.keep_tokens(renewed)
        if former & {self.server.token, self.refresh_token}:
            fail("a token was not renewed")
        mine = {"user": self.user}
        self.server.call("GET auth/v1/session/", 200, "the new token works", **mine)

    def lose_a_phone(self) -> None:
        """Find a session in the list, end it, and see that its token is dead."""
        mine = self.server.token
        self.server.token = ""
        opened = self.open_session("sign in on a phone", device_name="Phone")
        self.server.token = mine
        listed = self.server.call("GET auth/v1/sessions/", 200, "my sessions")
        phone = [row["id"] for row in listed["results"] if row["device_name"]]
        if phone != [opened["session"]["id"]]:
            fail(f"the list of sessions lacks the phone: {listed}")
        self.server.call(f"DELETE auth/v1/sessions/{phone[0]}/", 204, "end the phone's")
        self.server.token = opened["access_token"]
        self.server.call("GET users/v1/me/", 401, "the phone is signed out")
        self.server.token = mine

    def take_data_along(self) -> None:
        """Get a file with all that is known about the account, once."""
        path = "POST users/v1/me/exports/"
        asked = self.server.call(path, 202, "ask for all my data", state="waiting")
        self.mails.export_for(self.email)
        path = f"users/v1/me/exports/{asked['id']}/"
        self.server.call(f"GET {path}", 200, "it waits for me", state="ready")
        zipped = self.server.call(f"POST {path}download/", 200, "download it")
        if not {"account.json", "auth.json", "terms.json"} <= {*zipped["files"]}:
            fail(f"the export lacks what a module has about me: {zipped}")
        again = {"code": "export_gone"}
        self.server.call(f"POST {path}download/", 410, "once", **again)

    def meet_a_colleague(self) -> None:
        """An administrator invites a colleague, and looks after the account."""
        mine = self.server.token
        self.colleague = {"email": f"grace.{self.email}", "password": self.password}
        chief = self.let_an_administrator_in()
        token = self.invite()
        theirs = self.accept_invitation(token)
        self.suspend_the_colleague(chief, theirs)
        self.act_as_the_colleague(chief)
        self.server.token = mine

    def let_an_administrator_in(self) -> str:
        """Make an administrator, who signs in; return the token."""
        body = {"email": f"chief.{self.email}", "password": self.password}
        self.project.make_admin(**body)
        self.server.token, path = "", "POST auth/v1/session/"
        asked = self.server.call(path, 403, "an administrator comes", body)
        proof = {"registration_token": asked["registration_token"]}
        proof["code"] = self.mails.code_for(body["email"])
        path = "POST auth/v1/registration/confirmation/"
        opened = self.server.call(path, 201, "and proves the address", proof)
        self.server.token = opened["access_token"]
        self.accept_terms()
        return self.server.token

    def invite(self) -> str:
        """Invite the colleague, and return the token of the mail."""
        path, body = "POST users/v1/invitations/", {"email": self.colleague["email"]}
        invited = self.server.call(path, 201, "invite a colleague", body, state="open")
        listed = self.server.call("GET users/v1/invitations/", 200, "it is listed")
        if invited["id"] not in [row["id"] for row in listed["results"]]:
            fail(f"the list of invitations lacks it: {listed}")
        return self.mails.invitation_for(self.colleague["email"])

    def accept_invitation(self, token: str) -> str:
        """Take the account over; return the token of its session."""
        self.server.token = ""
        path = "POST users/v1/invitations/acceptance/"
        body: dict[str, Any] = {"token": token, "password": self.password}
        refusal = {"code": "terms_not_accepted"}
        self.server.call(path, 400, "not without the terms", body, **refusal)
        body["accepted_terms"] = self.mandatory_claims("which are these")
        taken = {"email": self.colleague["email"]}
        self.server.call(path, 200, "take over the account", body, **taken)
        refusal = {"code": "invalid_invitation"}
        self.server.call(path, 400, "once", body, **refusal)
        return self.let_the_colleague_in("the colleague signs in")

    def let_the_colleague_in(self, comment: str) -> str:
        """Sign the colleague in; return the token."""
        path = "POST auth/v1/session/"
        opened = self.server.call(path, 201, comment, self.colleague)
        return str(opened["access_token"])

    def suspend_the_colleague(self, chief: str, theirs: str) -> None:
        """Close the account, which ends every session, and open it again."""
        self.server.token = chief
        path = f"GET users/v1/users/?search={self.colleague['email']}"
        found = self.server.call(path, 200, "find the colleague")
        self.colleague_path = f"users/v1/users/{found['results'][0]['id']}/"
        path, body = f"{self.colleague_path}suspension/", {"reason": "Ticket 7"}
        self.server.call(f"PUT {path}", 200, "suspend the colleague", body)
        self.server.token = theirs
        self.server.call("GET users/v1/me/", 401, "who is out at once")
        self.server.token, again = "", "POST auth/v1/session/"
        self.server.call(again, 401, "and stays out", self.colleague)
        self.server.token = chief
        self.server.call(f"DELETE {path}", 204, "open the account again")
        self.server.token = ""
        self.let_the_colleague_in("the colleague is back")

    def act_as_the_colleague(self, chief: str) -> None:
        """See what the colleague sees, and be refused what only the owner may do."""
        self.server.token = chief
        path, body = f"{self.colleague_path}impersonation/", {"reason": "Ticket 8"}
        begun = self.server.call(f"POST {path}", 201, "act as the colleague", body)
        self.server.token = begun["access_token"]
        theirs = {"email": self.colleague["email"]}
        self.server.call("GET users/v1/me/", 200, "see what they see", **theirs)
        refusal = {"code": "not_while_impersonating"}
        self.server.call("DELETE users/v1/me/", 403, "delete it? no", **refusal)
        self.server.token = chief
        self.server.call(f"DELETE {path}", 204, "be oneself again")
        self.server.token = begun["access_token"]
        self.server.call("GET users/v1/me/", 401, "which ended the token")

    def forget_password(self) -> None:
        """Set a new password with the code from a mail, and sign in with it."""
        old, self.server.token = self.server.token, ""
        body = {"email": self.email}
        path = "POST auth/v1/password/reset/"
        self.server.call(path, 202, "forgot the password", body)
        self.password = f"{PASSWORD}-and-8"
        answer = {"code": self.mails.code_for(self.email), **body}
        answer["new_password"] = self.password
        path = "POST auth/v1/password/reset/confirmation/"
        self.server.call(path, 204, "set a new one", answer)
        self.server.token = old
        self.server.call("GET users/v1/me/", 401, "which ended every session")
        self.server.token = ""
        self.sign_in()

    def move_mailbox(self) -> None:
        """Change the address with the code that is mailed to the new one."""
        new = f"new.{self.email}"
        body = {"email": new}
        self.server.call("POST auth/v1/email/change/", 202, "another address", body)
        code = {"code": self.mails.code_for(new)}
        path = "POST auth/v1/email/change/confirmation/"
        self.server.call(path, 200, "the code proves it", code)
        self.email = new
        self.server.call("GET users/v1/me/", 200, "it is mine now", email=new)

    def use_a_browser(self) -> None:
        """Sign in with a cookie, which another site cannot use."""
        self.server.token, self.server.from_our_page = "", True
        opened = self.open_session("sign in with a cookie", transport="cookie")
        if "access_token" in opened or not self.server.cookie:
            fail("the cookie transport gave a token, or no cookie")
        self.server.call("GET users/v1/me/", 200, "the cookie signs me in")
        path, refusal = "DELETE auth/v1/session/", {"code": "cross_site_request"}
        self.server.from_our_page = False
        self.server.call(path, 403, "not from another site", **refusal)
        self.server.from_our_page = True
        self.server.call(path, 204, "sign out")
        self.server.cookie, self.server.from_our_page = "", False

    def change_mind(self) -> None:
        """Delete the account, and keep it after all."""
        self.server.call("DELETE users/v1/me/", 202, "delete my account")
        self.mails.deletion_of(self.email)
        self.server.call("GET users/v1/me/", 401, "which ended every session")
        self.server.token = ""
        self.sign_in()
        self.try_gated(403, "only a way back is left", code="deletion_scheduled")
        mine = {"email": self.email}
        path = "POST users/v1/me/restoration/"
        self.server.call(path, 200, "keep it after all", **mine)
        self.try_gated(200, "and go on")

    def leave(self) -> None:
        """Sign out, and find that no token works any more."""
        old = self.server.token
        self.sign_out()
        self.server.token = old
        self.server.call("GET auth/v1/session/", 401, "the old token is refused")
        self.server.token = ""
        renew = "POST auth/v1/session/refresh/"
        body, refusal = {"refresh_token": self.refresh_token}, "invalid_refresh_token"
        self.server.call(
            renew, 401, "and so is the one to renew it", body, code=refusal
        )

    def keep_tokens(self, opened: dict[str, Any]) -> None:
        """Remember the tokens of a session."""
        self.user = opened["user"]
        if self.user["email"] != self.email:
            fail(f"{self.email} got a session of {self.user['email']}")
        self.server.token = opened["access_token"]
        self.refresh_token = opened["refresh_token"]


def contracts_of(pending: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what has to be accepted; a consent is asked for, and may wait."""
    return [it for it in pending["results"] if it["nature"] != "consent"]


def claim_of(found: dict[str, Any]) -> Claim:
    """Return the claim that this text of a document was read."""
    return {"version": found["version"], "content_hash": found["content_hash"]}


def options_of(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="journey", description=__doc__)
    add = parser.add_argument
    add("--base-url", required=True, help="where the server is")
    add("--mail-dir", required=True, type=Path, help="where it puts its mails")
    add("--manage", required=True, help="how to run its management commands")
    gated = "a request below /api/ that needs accepted terms: METHOD PATH, or just PATH"
    basics = "leave out what a project has by extras, storages or columns only"
    add("--basics", action="store_true", help=basics)
    add("--gated", default="PATCH users/v1/me/", help=gated)
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> int:
    """Run the journey, and print the number of requests."""
    options = options_of(arguments)
    gated = options.gated if " " in options.gated else f"GET {options.gated}"
    server = Server(options.base_url)
    mails, project = Mails(options.mail_dir), Project(options.manage)
    try:
        journey = Journey(server, mails, project, gated)
        journey.has_all = not options.basics
        journey.walk()
    except (KeyError, TypeError) as error:
        fail(f"the last answer is of another shape: {error!r}")
    print(f"{server.requests} requests, all answered as they should be.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
