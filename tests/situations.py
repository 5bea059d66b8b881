"""Every endpoint in its situations, for tests that send all of these requests."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from django.core.management import call_command
from django.utils import timezone

from starterkit_auth.conf import conf
from starterkit_auth.conftest import open_session
from starterkit_auth.models import PendingRegistration
from starterkit_auth.services import addresses
from starterkit_core.testing.client import ApiClient
from starterkit_core.testing.plugin import PASSWORD

UNKNOWN = "unknown@example.com"
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

    def register(self, email: str = UNKNOWN) -> dict[str, str]:
        """Sign up, and return the token of the registration, as it is sent."""
        body = {"email": email, "password": PASSWORD}
        token = self.post("registration", body).json()["registration_token"]
        return {"registration_token": token}

    def start_email_change(self) -> None:
        self.open_session()
        self.post("email/change", {"email": UNKNOWN})

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


def wait_a_minute(body: dict[str, str]) -> dict[str, str]:
    """Let the cooldown of the last mail pass."""
    a_minute_ago = timezone.now() - timedelta(minutes=1)
    PendingRegistration.objects.update(mailed_at=a_minute_ago)
    return body


class Case(NamedTuple):
    """A request in a situation."""

    request: str
    situation: str
    prepare: Callable[[Caller], Any]
    """Brings the situation about, and returns the body to send."""

    def __str__(self) -> str:
        return f"{self.request} {self.situation}"


CASES: list[Case] = []


def case(request: str, situation: str = "") -> Callable[..., Any]:
    """Add a case; what is decorated prepares it."""

    def add(prepare: Callable[[Caller], Any]) -> Callable[[Caller], Any]:
        CASES.append(Case(request, situation, prepare))
        return prepare

    return add


@case("GET /api/auth/v1/config/")
def read_config(caller):
    pass


@case("POST /api/auth/v1/email/change/", "to a free address")
def change_address(caller):
    caller.open_session()
    return {"email": UNKNOWN}


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


@case("POST /api/auth/v1/password/reset/", "of an unknown address")
def forget_password_of_an_unknown_address(caller):
    return {"email": UNKNOWN}


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
    return {"email": UNKNOWN, "password": PASSWORD}


@case("POST /api/auth/v1/registration/", "of an address with an account")
def register_again(caller):
    return caller.credentials


@case("POST /api/auth/v1/registration/code/", "of a new address")
def resend_code(caller):
    return wait_a_minute(caller.register())


@case("POST /api/auth/v1/registration/code/", "of an address with an account")
def resend_code_of_an_account(caller):
    return wait_a_minute(caller.register(caller.email))


@case("POST /api/auth/v1/registration/code/", "of no registration")
def resend_code_of_none(caller):
    return {"registration_token": "skg_" + "A" * 64}


@case("POST /api/auth/v1/registration/confirmation/", "by link")
def confirm_by_link(caller):
    return {**caller.register(), "token": caller.token}


@case("POST /api/auth/v1/registration/confirmation/", "by link and password")
def confirm_by_link_and_password(caller):
    caller.register()
    return {"token": caller.token, "password": PASSWORD}


@case("POST /api/auth/v1/registration/confirmation/", "by code")
def confirm_by_code(caller):
    return {**caller.register(), "code": caller.code}


@case("POST /api/auth/v1/registration/confirmation/", "of an account without proof")
def confirm_an_account(caller):
    user = caller.make_account(verified=False)
    body = {**caller.credentials, "email": addresses.mailbox_of(user)}
    token = caller.post("session", body).json()["registration_token"]
    return {"registration_token": token, "code": caller.code}


@case("GET /api/auth/v1/session/")
def read_session(caller):
    caller.open_session()


@case("GET /api/auth/v1/session/", "saves that it is used")
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


@case("POST /api/auth/v1/session/", "with a wrong password")
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
def list_pending_without_any(caller):
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
    return {"email": UNKNOWN, "password": PASSWORD, "accepted_terms": accepted}


each_case = pytest.mark.parametrize("case", CASES, ids=str)
