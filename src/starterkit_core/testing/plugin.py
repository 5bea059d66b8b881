"""Fixtures for tests of the modules and of the projects that use them.

In a host's ``conftest.py``: ``pytest_plugins = ["starterkit_core.testing.plugin"]``.
Needs the extra ``starterkit-core[testing]``.
"""

from collections.abc import Callable, Iterator
from itertools import count
from threading import Barrier, Thread
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.core import mail
from django.core.mail import EmailMessage
from django.db import connections
from django.db.models import DateTimeField
from django.dispatch import Signal
from django.utils import timezone
from model_bakery import baker

from starterkit_core.db.databases import accounts_database
from starterkit_core.testing import isolation
from starterkit_core.testing.client import ApiClient

PASSWORD = "correct horse battery staple"  # noqa: S105  # of test users
"""The password of every user that ``make_user`` creates, unless one is given."""

_numbers = count(1)


@pytest.fixture(autouse=True)
def nothing_counted() -> None:
    """Reset all rate limits before each test."""
    isolation.forget_attempts()


@pytest.fixture(autouse=True)
def language_put_back() -> Iterator[None]:
    """Restore the language after each test, as a request may activate another."""
    with isolation.language_put_back():
        yield


@pytest.fixture
def api() -> ApiClient:
    """An API client that is not signed in."""
    return ApiClient()


@pytest.fixture
def client_of() -> Callable[[AbstractBaseUser], ApiClient]:
    """``client_of(user)`` is a signed-in client, however the project authenticates."""

    def sign_in(user: AbstractBaseUser) -> ApiClient:
        client = ApiClient()
        client.force_authenticate(user)
        return client

    return sign_in


@pytest.fixture
def make_user(db: None) -> Callable[..., AbstractBaseUser]:
    """Create a user of the project's user model; required fields are filled.

    The user has just been here: no request of a test has to keep that first.
    """

    def make(*, password: str = PASSWORD, **fields: Any) -> AbstractBaseUser:
        model = get_user_model()
        fields = _address(model) | _here(model) | fields
        user: AbstractBaseUser = baker.prepare(model, **fields)
        user.set_password(password)
        user.save()
        return user

    return make


def _address(model: Any) -> dict[str, Any]:
    name = model.get_email_field_name()
    known = {field.name for field in model._meta.concrete_fields}
    return {name: f"person{next(_numbers)}@example.com"} if name in known else {}


def _here(model: Any) -> dict[str, Any]:
    columns = {field.name: field for field in model._meta.concrete_fields}
    seen = columns.get("last_seen_at")
    return {"last_seen_at": timezone.now()} if isinstance(seen, DateTimeField) else {}


@pytest.fixture
def user(make_user: Callable[..., AbstractBaseUser]) -> AbstractBaseUser:
    """A user."""
    return make_user()


@pytest.fixture
def mailbox() -> list[EmailMessage]:
    """Every mail sent so far, oldest first."""
    return mail.outbox


@pytest.fixture
def received() -> Iterator[Callable[[Signal], list[dict[str, Any]]]]:
    """``received(signal)`` is the list of its facts, one entry for each time sent."""
    connected: list[tuple[Signal, Callable[..., None]]] = []

    def listen(signal: Signal) -> list[dict[str, Any]]:
        facts: list[dict[str, Any]] = []

        def note(sender: object, **kwargs: Any) -> None:
            facts.append(kwargs)

        signal.connect(note, weak=False)
        connected.append((signal, note))
        return facts

    yield listen
    for signal, receiver in connected:
        signal.disconnect(receiver)


@pytest.fixture
def tuner(settings: Any) -> Callable[[str], Callable[..., None]]:
    """Change entries of a module's dict: ``tuner("STARTERKIT_CORE")(SITE_NAME="X")``.

    The other entries stay as they are.
    """

    def of(namespace: str) -> Callable[..., None]:
        def change(**entries: Any) -> None:
            given = getattr(settings, namespace, {})
            setattr(settings, namespace, {**given, **entries})

        return change

    return of


@pytest.fixture
def at_once() -> Callable[[int, Callable[[int], Any]], list[Any]]:
    """Run ``task(number)`` in so many threads that start together.

    Returns what each returned. Needs ``django_db(transaction=True)`` and a database
    with row locks: skipped on SQLite, which has one writer.
    """
    if connections[accounts_database()].vendor == "sqlite":
        pytest.skip("Races need a database with row locks: SQLite has one writer.")

    def run(times: int, task: Callable[[int], Any]) -> list[Any]:
        barrier, results = Barrier(times), []

        def take_part(number: int) -> None:
            barrier.wait()
            try:
                results.append(task(number))
            finally:
                connections.close_all()

        threads = [Thread(target=take_part, args=[n]) for n in range(times)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(results) == times  # noqa: S101  # a thread failed
        return results

    return run
