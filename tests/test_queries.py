"""Each request costs the statements that ``docs/reference/queries.md`` says.

They are counted over HTTP, and outside of a transaction, as in production.
"""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from starterkit_auth.conf import conf
from starterkit_auth.conftest import open_session
from starterkit_auth.services import addresses
from starterkit_core.http.shared_serializers import forget_shared
from starterkit_core.ports import access_gates, sign_up
from starterkit_core.testing.client import ApiClient
from starterkit_core.testing.plugin import PASSWORD
from tests import kept
from tests.documented import operations
from tests.processes import ROOT

PAGE = ROOT / "docs" / "reference" / "queries.md"
ROW = re.compile(r"^\| `(\w+ /api/\S+)` \| (.*?) \| (\d+) \| (\d+) \|$", re.MULTILINE)

OF_A_TRANSACTION = {"BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE"}
NOBODYS = "nobody@example.com"
NEW_PASSWORD = "a rose is a rose is a"
BY_TERMS = "with starterkit-terms"
"""In the situations in which its gate and its sign-up requirement take part."""


class Caller:
    """A user whose address is proven; signed in as soon as a session is open."""

    def __init__(self, make_user: Any, mailbox: Any, tmp_path: Any) -> None:
        self.make_user, self.mailbox, self.folder = make_user, mailbox, tmp_path
        self.client = ApiClient()
        self.user = self.make_account(verified=True)
        self.email = addresses.mailbox_of(self.user)
        self.credentials = {"email": self.email, "password": PASSWORD}
        self.newest_session = ""

    def make_account(self, *, verified: bool) -> Any:
        user = self.make_user()
        addresses.assign(user, addresses.mailbox_of(user), verified=verified)
        return user

    def send(self, request: str, body: Any = None) -> Any:
        """Send a request such as ``GET /api/users/v1/me/``."""
        method, path = request.format(session_id=self.newest_session).split()
        return getattr(self.client, method.lower())(path, body)

    def post(self, path: str, body: Any) -> Any:
        return self.send(f"POST /api/auth/v1/{path}/", body)

    def sign_in(self, **client: str) -> None:
        """Sign in from a device; the session is not used for what is sent next."""
        self.post("session", {**self.credentials, "client": client})

    def open_session(self, **columns: Any) -> None:
        """Be signed in from here on."""
        token = self.open_another(**columns).access_token
        self.client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")

    def open_another(self, **columns: Any) -> Any:
        opened = open_session(self.user, **columns)
        self.newest_session = str(opened.session.pk)
        return opened

    def register(self) -> dict[str, Any]:
        body = {"email": NOBODYS, "password": PASSWORD}
        self.post("registration", body)
        return body

    def start_email_change(self) -> None:
        self.open_session()
        self.post("email/change", {"email": NOBODYS})

    def publish_terms(self) -> list[dict[str, str]]:
        """Publish a document, and return what is sent to accept it."""
        file = self.folder / "terms.md"
        file.write_text("# Terms\n\nBe kind.\n", "utf-8")
        call_command("terms_publish", "terms", str(file), label="1", verbosity=0)
        [document] = self.send("GET /api/terms/v1/documents/").json()["results"]
        return [{name: document[name] for name in ("version", "content_hash")}]

    @property
    def code(self) -> str:
        """The code in the last mail."""
        [code] = re.findall(r"^\d{6}$", self.mailbox[-1].body, re.MULTILINE)
        return code

    @property
    def token(self) -> str:
        """The token in the last mail."""
        [token] = re.findall(r"\b(skl_[\w-]+)", self.mailbox[-1].body)
        return token


class Case(NamedTuple):
    """A row of the page: a request in a situation."""

    request: str
    situation: str
    prepare: Callable[[Caller], Any]
    """Prepares the situation, and returns the body to send."""

    refused: bool
    """Whether the answer is meant to be a refusal."""


CASES: list[Case] = []


def case(
    request: str, situation: str = "", *, refused: bool = False
) -> Callable[..., Any]:
    """Add a row; what is decorated prepares it."""

    def add(prepare: Callable[[Caller], Any]) -> Callable[[Caller], Any]:
        CASES.append(Case(request, situation, prepare, refused))
        return prepare

    return add


@case("GET /api/auth/v1/config/")
def read_config(caller):
    pass


@case("POST /api/auth/v1/email/change/", "to a free address")
def change_address(caller):
    caller.open_session()
    return {"email": NOBODYS}


@case("POST /api/auth/v1/email/change/", "to a taken address")
def change_address_to_a_taken_one(caller):
    caller.open_session()
    return {"email": addresses.mailbox_of(caller.make_account(verified=True))}


@case("POST /api/auth/v1/email/change/confirmation/", "by link; ends one session")
def confirm_address_by_link(caller):
    caller.start_email_change()
    caller.client.credentials()
    return {"token": caller.token}


@case("POST /api/auth/v1/email/change/confirmation/", "by code; ends no session")
def confirm_address_by_code(caller):
    caller.start_email_change()
    return {"code": caller.code}


@case("POST /api/auth/v1/email/change/reversal/", "ends one session")
def undo_change_of_address(caller):
    caller.start_email_change()
    caller.post("email/change/confirmation", {"code": caller.code})
    caller.client.credentials()
    return {"token": caller.token}


@case("GET /api/auth/v1/events/")
def list_events(caller):
    caller.sign_in()
    caller.sign_in()
    caller.open_session()


@case("PUT /api/auth/v1/password/", "ends no other session")
def change_password(caller):
    caller.open_session()
    return {"current_password": PASSWORD, "new_password": NEW_PASSWORD}


@case("POST /api/auth/v1/password/reset/", "of an account")
def forget_password(caller):
    return {"email": caller.email}


@case("POST /api/auth/v1/password/reset/", "of nobody")
def forget_password_of_nobody(caller):
    return {"email": NOBODYS}


@case("POST /api/auth/v1/password/reset/confirmation/", "by link; ends one session")
def reset_password_by_link(caller):
    caller.open_another()
    caller.post("password/reset", {"email": caller.email})
    return {"token": caller.token, "new_password": NEW_PASSWORD}


@case("POST /api/auth/v1/password/reset/confirmation/", "by code; ends no session")
def reset_password_by_code(caller):
    caller.post("password/reset", {"email": caller.email})
    answer = {"email": caller.email, "code": caller.code}
    return {**answer, "new_password": NEW_PASSWORD}


@case("POST /api/auth/v1/registration/", "of a new address")
def register(caller):
    return {"email": NOBODYS, "password": PASSWORD}


@case("POST /api/auth/v1/registration/", "of an address with an account")
def register_again(caller):
    return caller.credentials


@case("POST /api/auth/v1/registration/", "of an address still to be proven")
def register_over_a_claim(caller):
    return caller.register()


@case("POST /api/auth/v1/registration/code/", "for an address still to be proven")
def resend_code(caller):
    return {"email": addresses.mailbox_of(caller.make_account(verified=False))}


@case("POST /api/auth/v1/registration/code/", "for any other address")
def resend_code_to_nobody(caller):
    return {"email": NOBODYS}


@case("POST /api/auth/v1/registration/confirmation/", "by link")
def confirm_by_link(caller):
    caller.register()
    return {"token": caller.token}


@case("POST /api/auth/v1/registration/confirmation/", "by code")
def confirm_by_code(caller):
    caller.register()
    return {"email": NOBODYS, "code": caller.code}


@case("GET /api/auth/v1/session/")
def read_session(caller):
    caller.open_session()


@case("GET /api/auth/v1/session/", "writes down that it is used")
def read_session_after_a_while(caller):
    caller.open_session(last_seen_at=timezone.now() - conf.TOUCH_INTERVAL)


@case("POST /api/auth/v1/session/", "from a known device")
def sign_in(caller):
    caller.sign_in()
    return caller.credentials


@case("POST /api/auth/v1/session/", "from a new device")
def sign_in_from_a_new_device(caller):
    caller.sign_in(device_name="Phone")
    return caller.credentials


@case("POST /api/auth/v1/session/", "with a wrong password", refused=True)
def sign_in_with_a_wrong_password(caller):
    return {**caller.credentials, "password": NEW_PASSWORD}


@case("DELETE /api/auth/v1/session/")
def sign_out(caller):
    caller.open_session()


@case("POST /api/auth/v1/session/refresh/", "with the newest token")
def refresh(caller):
    return {"refresh_token": caller.open_another().refresh_token}


@case("POST /api/auth/v1/session/refresh/", "with the token before that, in time")
def refresh_again(caller):
    body = {"refresh_token": caller.open_another().refresh_token}
    caller.post("session/refresh", body)
    return body


@case("POST /api/auth/v1/session/step-up/")
def step_up(caller):
    caller.open_session()
    return {"password": PASSWORD}


@case("GET /api/auth/v1/sessions/")
def list_sessions(caller):
    caller.open_another()
    caller.open_session()


@case("DELETE /api/auth/v1/sessions/", "ends no session")
def end_no_other_session(caller):
    caller.open_session()


@case("DELETE /api/auth/v1/sessions/", "ends one session")
def end_another_session(caller):
    caller.open_session()
    caller.open_another()


@case("DELETE /api/auth/v1/sessions/{session_id}/")
def end_a_session(caller):
    caller.open_session()
    caller.open_another()


@case("GET /api/users/v1/me/")
def read_account(caller):
    caller.open_session()


@case("PATCH /api/users/v1/me/")
def update_account(caller):
    caller.open_session()
    return {"first_name": "Ada"}


@case("GET /api/terms/v1/documents/")
def list_documents(caller):
    caller.publish_terms()


@case("GET /api/terms/v1/pending/", "nothing is")
def list_nothing_pending(caller):
    caller.open_session()


@case("GET /api/terms/v1/pending/", "something is")
def list_pending(caller):
    caller.publish_terms()
    caller.open_session()


@case("POST /api/terms/v1/acceptances/")
def accept_terms(caller):
    accepted = caller.publish_terms()
    caller.open_session()
    return {"acceptances": accepted}


@case("GET /api/auth/v1/sessions/", BY_TERMS)
def list_sessions_behind_the_gate(caller):
    caller.open_session()


@case("GET /api/auth/v1/session/", BY_TERMS)
def read_session_with_gates(caller):
    caller.open_session()


@case("POST /api/auth/v1/registration/", f"of a new address, {BY_TERMS}")
def register_and_accept(caller):
    accepted = caller.publish_terms()
    return {"email": NOBODYS, "password": PASSWORD, "accepted_terms": accepted}


each_case = pytest.mark.parametrize(
    "counted", CASES, ids=[f"{it.request} {it.situation}" for it in CASES]
)


@pytest.fixture
def caller(transactional_db, settings, make_user, mailbox, tmp_path):
    settings.STARTERKIT_AUTH = {"FRONTEND_URL": "https://app.example.com"}
    return Caller(make_user, mailbox, tmp_path)


@pytest.fixture
def alone(monkeypatch, counted):
    """Ask only what the module itself asks, unless the case is about others."""
    if BY_TERMS not in counted.situation:
        monkeypatch.setattr(access_gates, "_gates", {})
        monkeypatch.setattr(sign_up, "_requirements", {})
    forget_shared()
    yield
    forget_shared()


def rows() -> list[tuple[str, str, str, str]]:
    return ROW.findall(PAGE.read_text("utf-8"))


@each_case
@pytest.mark.usefixtures("alone")
def test_costs_the_statements_that_the_page_lists(caller, counted):
    body = counted.prepare(caller)

    with CaptureQueriesContext(connection) as queries:
        answer = caller.send(counted.request, body)

    assert (answer.status_code >= 400) is counted.refused, answer.content
    words = [query["sql"].split()[0] for query in queries]
    bounds = sum(word in OF_A_TRANSACTION for word in words)
    begins = f"| `{counted.request}` | {counted.situation} |"
    row = f"{begins} {len(words) - bounds} | {bounds} |"
    page = PAGE.read_text("utf-8")
    former = [line for line in page.splitlines() if line.startswith(begins)]
    assert len(former) == 1, f"{PAGE} lacks a row, or has it twice:\n{row}"
    kept.compare(PAGE, page.replace(former[0], row))


def test_every_row_is_counted():
    listed = [(request, situation) for request, situation, *_ in rows()]

    assert sorted(listed) == sorted((it.request, it.situation) for it in CASES)


def test_every_endpoint_has_a_row():
    endpoints = {f"{it.method.upper()} {it.path}" for it in operations()}

    assert endpoints == {request for request, *_ in rows()}
