"""What may stand between a signed-in person and the rest of the API.

A module registers a gate in ``AppConfig.ready()``; one permission asks them all
after authentication, lowest ``order`` first.
"""

from collections.abc import Container
from typing import Protocol

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_core.errors import DomainError


class AccessGate(Protocol):
    """One condition for going on, such as accepted terms.

    It may say in ``raises``, as a sign-up requirement does, which class its refusal is
    of: the API documentation then shows it.
    """

    code: str
    """Unique, stable name; the ``code`` of the refusal."""

    order: int
    """Which gate is asked first: the lowest."""

    exempt: Container[str]
    """Endpoint folders that resolve this gate and so stay open."""

    def refusal(self, user: AbstractBaseUser) -> DomainError | None:
        """Return why ``user`` may not go on yet, or nothing."""


_gates: dict[str, AccessGate] = {}


def register(gate: AccessGate) -> None:
    """Put up ``gate``; one with the same code is replaced."""
    _gates[gate.code] = gate


def unregister(code: str) -> None:
    """Take down the gate with this code."""
    _gates.pop(code, None)


def gates() -> list[AccessGate]:
    """Return all gates in the order in which they are asked."""
    return sorted(_gates.values(), key=lambda gate: gate.order)


def first_refusal(user: AbstractBaseUser, endpoint: str = "") -> DomainError | None:
    """Return the refusal of the first closed gate; ``endpoint`` is a folder."""
    open_gates = (gate for gate in gates() if endpoint not in gate.exempt)
    return next(filter(None, (gate.refusal(user) for gate in open_gates)), None)


def pending(user: AbstractBaseUser) -> list[str]:
    """Return the codes of all gates that are closed for ``user``."""
    return [gate.code for gate in gates() if gate.refusal(user)]
