"""Requirements that modules and hosts add to the sign-up.

A requirement is registered in ``AppConfig.ready()``. Its fields are added to the
request of every sign-up, and its ``commit`` runs in the transaction that creates the
account.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from django.contrib.auth.base_user import AbstractBaseUser
from django.dispatch import Signal

from starterkit_core.errors import DomainError
from starterkit_core.utils.client import Client

if TYPE_CHECKING:
    from rest_framework.fields import Field


class SignUpRequirement(Protocol):
    """Something that a user has to provide or do at sign-up."""

    name: str
    """Unique name; registering it again replaces the former requirement."""

    raises: tuple[type[DomainError], ...]
    """Refusals of ``validate``, for the API documentation."""

    def fields(self) -> Mapping[str, "Field[Any, Any, Any, Any]"]:
        """Return additional request fields by name; the API documentation has them."""

    def validate(self, given: Mapping[str, Any]) -> None:
        """Check the validated fields; raise one of ``raises`` to refuse."""

    def commit(
        self, user: AbstractBaseUser, given: Mapping[str, Any], client: Client
    ) -> None:
        """Save what was given, in the transaction of the sign-up."""


requirements_changed = Signal()
"""Sent after a requirement was registered or removed; without arguments."""

_requirements: dict[str, SignUpRequirement] = {}


def register(requirement: SignUpRequirement) -> None:
    """Add ``requirement`` to each sign-up."""
    _requirements[requirement.name] = requirement
    requirements_changed.send(SignUpRequirement)


def unregister(name: str) -> None:
    """Remove the requirement called ``name``."""
    _requirements.pop(name, None)
    requirements_changed.send(SignUpRequirement)


def requirements() -> tuple[SignUpRequirement, ...]:
    """Return all requirements, in the order in which they were registered."""
    return tuple(_requirements.values())


def refusals() -> tuple[type[DomainError], ...]:
    """Return the refusals of all requirements."""
    return tuple(
        refusal for requirement in requirements() for refusal in requirement.raises
    )


def validate(given: Mapping[str, Any]) -> None:
    """Let every requirement check what was given.

    Raises:
        DomainError: the refusal of the first requirement that is not met.
    """
    for requirement in requirements():
        requirement.validate(given)


def commit(user: AbstractBaseUser, given: Mapping[str, Any], client: Client) -> None:
    """Let every requirement save what was given."""
    for requirement in requirements():
        requirement.commit(user, given, client)
