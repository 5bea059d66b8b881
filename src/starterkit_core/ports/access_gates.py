"""Conditions that a signed-in user must meet to use the API, such as accepted terms.

A module registers a gate in ``AppConfig.ready()``; one permission asks them all
after authentication, lowest ``order`` first.
"""

from collections.abc import Container
from typing import Protocol

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_core.errors import DomainError


class AccessGate(Protocol):
    """One condition for using the API, such as accepted terms.

    With an optional ``raises``, a tuple of the class of its refusal as in a sign-up
    requirement, the API documentation shows that refusal. With an optional
    ``can_be_opened_by(authenticator)``, a gate before the whole project lets users
    through for whom it returns False: those whom that authenticator signed in cannot
    reach what opens the gate. With an optional ``refusal_of_pages(user)``, it says who
    may not sign in to a session of Django: pages of the project ask no gate.
    """

    code: str
    """Unique, stable name; the ``code`` of the refusal."""

    order: int
    """The gates are asked in ascending order."""

    exempt: Container[str]
    """Folders of the endpoints that this gate does not block: those that open it."""

    def refusal(self, user: AbstractBaseUser) -> DomainError | None:
        """Return why ``user`` may not use the API yet, or None."""


_gates: dict[str, AccessGate] = {}


def register(gate: AccessGate) -> None:
    """Add ``gate``; one with the same code is replaced."""
    _gates[gate.code] = gate


def unregister(code: str) -> None:
    """Remove the gate with this code."""
    _gates.pop(code, None)


def gates() -> list[AccessGate]:
    """Return all gates in the order in which they are asked."""
    return sorted(_gates.values(), key=lambda gate: gate.order)


def first_refusal(
    user: AbstractBaseUser, endpoint: str = "", authenticator: object | None = None
) -> DomainError | None:
    """Return the first closed gate's refusal, or None; ``endpoint`` is a folder.

    With an ``authenticator``, only the gates that it can open are asked.
    """
    asked = (
        gate
        for gate in gates()
        if endpoint not in gate.exempt and _can_be_opened(gate, authenticator)
    )
    return next(filter(None, (gate.refusal(user) for gate in asked)), None)


def _can_be_opened(gate: AccessGate, authenticator: object | None) -> bool:
    opens = getattr(gate, "can_be_opened_by", None)
    return authenticator is None or opens is None or bool(opens(authenticator))


def refusal_of_pages(user: AbstractBaseUser) -> DomainError | None:
    """Return why ``user`` may not open a session of Django, or None."""
    asked = [getattr(gate, "refusal_of_pages", None) for gate in gates()]
    return next(filter(None, (ask(user) for ask in asked if ask)), None)


def pending(user: AbstractBaseUser) -> list[str]:
    """Return the codes of all gates that are closed for ``user``."""
    return [gate.code for gate in gates() if gate.refusal(user)]
