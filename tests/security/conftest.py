"""What an attacker has: the API, and the mails that come to addresses of theirs."""

from collections.abc import Callable
from typing import Any

import django
import pytest

from starterkit_auth.conf import AuthSettings
from starterkit_auth.conftest import open_session, read_secrets
from starterkit_auth.services import addresses
from starterkit_core.testing.client import ApiClient
from starterkit_core.testing.plugin import PASSWORD
from tests.security.attacks import AUTH

COOKIE = "__Host-starterkit"


@pytest.fixture
def tune(tuner: Any) -> Callable[..., None]:
    """Change entries of ``STARTERKIT_AUTH``."""
    change: Callable[..., None] = tuner("STARTERKIT_AUTH")
    return change


@pytest.fixture
def no_limits(tune) -> None:
    limits = [name for name in AuthSettings.entries if name.endswith("_LIMIT")]
    tune(**dict.fromkeys(limits, "1000000/1s"))


@pytest.fixture
def no_mail(settings) -> None:
    """Let the mail server be down."""
    path = "tests.security.broken.NoMail"
    if django.VERSION >= (6, 1):
        settings.MAILERS = {"default": {"BACKEND": path}}
    else:
        settings.EMAIL_BACKEND = path


@pytest.fixture
def no_cache(settings) -> None:
    """Let the cache be down."""
    settings.CACHES = {"default": {"BACKEND": "tests.security.broken.NoCache"}}


@pytest.fixture
def front_end(tune) -> None:
    tune(FRONTEND_URL="https://app.example.com")


@pytest.fixture
def make_member(make_user) -> Callable[..., Any]:
    """Make a user whose address is proven."""

    def make(**fields: Any) -> Any:
        user = make_user(**fields)
        address = addresses.mailbox_of(user) or f"p{user.pk}@example.com"
        addresses.assign(user, address, verified=True)
        return user

    return make


@pytest.fixture
def member(make_member) -> Any:
    return make_member()


@pytest.fixture
def sign_in() -> Callable[..., Any]:
    """Sign in over HTTP; the answer has ``tokens`` and a ``caller`` that uses them."""

    def call(user: Any, password: str = PASSWORD, **client: str) -> "Opened":
        body = {"email": user.email, "password": password, "client": client}
        answer = browser().post(f"{AUTH}session/", body)
        assert answer.status_code == 201, answer.content
        return Opened(answer.json(), answer.cookies)

    return call


@pytest.fixture
def open_for() -> Callable[..., Any]:
    """Open a session without the request, for tests that need it only to begin with."""

    def call(user: Any, transport: str = "bearer") -> "Opened":
        made = open_session(user, transport)
        tokens = {
            "access_token": made.access_token,
            "refresh_token": made.refresh_token,
        }
        cookies = {COOKIE: made.cookie} if made.cookie else {}
        return Opened({"session": {"id": str(made.session.pk)}, **tokens}, cookies)

    return call


class Opened:
    """A session as its client has it."""

    def __init__(self, body: Any, cookies: Any) -> None:
        self.body = body
        self.id = self.body["session"]["id"]
        self.access = self.body.get("access_token", "")
        self.refresh = self.body.get("refresh_token", "")
        self.caller = browser()
        self.caller.cookies.load(cookies)
        if self.access:
            self.caller.credentials(HTTP_AUTHORIZATION=f"Bearer {self.access}")

    @property
    def works(self) -> bool:
        """Return whether the API still accepts it."""
        return self.caller.get(f"{AUTH}session/").status_code == 200

    @property
    def renews(self) -> bool:
        """Return whether its refresh token still gives new ones."""
        body = {"refresh_token": self.refresh}
        return ApiClient().post(f"{AUTH}session/refresh/", body).status_code == 200


def browser() -> ApiClient:
    """Call as a page of the same site does."""
    client = ApiClient()
    client.credentials(HTTP_SEC_FETCH_SITE="same-origin")
    return client


@pytest.fixture
def secrets_in() -> Callable[[Any], dict[str, str]]:
    """Read code and token in a mail, as a user would."""
    return lambda mail: vars(read_secrets(mail))
