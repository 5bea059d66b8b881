"""The personal data of each module and host app: its export and its erasure."""

from collections.abc import Iterable
from typing import Any, Protocol

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.files import File


class PersonalDataProvider(Protocol):
    """Exports and erases the personal data of one app.

    With an optional ``outlives_account = True``, ``erase`` is also called before an
    account is deleted in another way, as by the administration, a shell or a cascade:
    for rows that the database does not delete with it. With an optional ``order``,
    which is 0 by default, providers are asked in ascending order. An optional
    ``files(user)`` yields the user's files for the export: each a name, such as
    ``avatar.webp``, and an open ``File`` of Django, which is closed afterwards.
    """

    name: str
    """Unique name; the key of its part in an export."""

    models: tuple[str, ...]
    """The models it covers, as ``app_label.Model``."""

    def export(self, user: AbstractBaseUser) -> Any:
        """Return all data about ``user`` as JSON; no secrets, no other user's data."""

    def erase(self, user: AbstractBaseUser) -> None:
        """Delete the data, or anonymize it irreversibly; must be idempotent."""


_providers: dict[str, PersonalDataProvider] = {}


def register(provider: PersonalDataProvider) -> None:
    """Add ``provider``; one with the same name is replaced."""
    _providers[provider.name] = provider


def unregister(name: str) -> None:
    """Remove the provider called ``name``."""
    _providers.pop(name, None)


def providers() -> tuple[PersonalDataProvider, ...]:
    """Return all providers by ``order``, then as they were registered."""
    return tuple(sorted(_providers.values(), key=_order_of))


def export(user: AbstractBaseUser) -> dict[str, Any]:
    """Return all data about ``user``, by provider."""
    return {provider.name: provider.export(user) for provider in providers()}


def files_of(
    provider: PersonalDataProvider, user: AbstractBaseUser
) -> "Iterable[tuple[str, File[bytes]]]":
    """Return the files of ``user`` that a provider has, by name; open to be read."""
    found: Iterable[tuple[str, File[bytes]]] = getattr(provider, "files", _none)(user)
    return found


def erase(user: AbstractBaseUser) -> None:
    """Let every provider erase its data about ``user``."""
    for provider in providers():
        provider.erase(user)


def forget_deleted(user: AbstractBaseUser) -> None:
    """Let every provider whose rows outlive the account erase its data about ``user``.

    Core calls it before the row of an account is deleted.
    """
    for provider in providers():
        if getattr(provider, "outlives_account", False):
            provider.erase(user)


def covered_models() -> set[str]:
    """Return the models that a provider covers, as ``app_label.Model``."""
    return {label for provider in providers() for label in provider.models}


def _none(user: AbstractBaseUser) -> "Iterable[tuple[str, File[bytes]]]":
    return ()


def _order_of(provider: PersonalDataProvider) -> int:
    return int(getattr(provider, "order", 0))
