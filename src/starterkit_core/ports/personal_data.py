"""What each module and host app holds about a person, and how it is forgotten."""

from typing import Any, Protocol

from django.contrib.auth.base_user import AbstractBaseUser


class PersonalDataProvider(Protocol):
    """Exports and erases what one app holds about a person."""

    name: str
    """Unique name; the key of its part in an export."""

    models: tuple[str, ...]
    """The models it answers for, as ``app_label.Model``."""

    def export(self, user: AbstractBaseUser) -> Any:
        """Return everything held about ``user`` as JSON; no secrets, nobody else."""

    def erase(self, user: AbstractBaseUser) -> None:
        """Delete it or make it anonymous for good; repeating it is safe."""


_providers: dict[str, PersonalDataProvider] = {}


def register(provider: PersonalDataProvider) -> None:
    """Add ``provider``; one with the same name is replaced."""
    _providers[provider.name] = provider


def unregister(name: str) -> None:
    """Remove the provider called ``name``."""
    _providers.pop(name, None)


def providers() -> tuple[PersonalDataProvider, ...]:
    """Return all providers, in the order in which they were registered."""
    return tuple(_providers.values())


def export(user: AbstractBaseUser) -> dict[str, Any]:
    """Return everything held about ``user``, by provider."""
    return {provider.name: provider.export(user) for provider in providers()}


def erase(user: AbstractBaseUser) -> None:
    """Let every provider forget ``user``."""
    for provider in providers():
        provider.erase(user)


def covered_models() -> set[str]:
    """Return the models that some provider answers for."""
    return {label for provider in providers() for label in provider.models}
