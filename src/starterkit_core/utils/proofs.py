"""What a use case calls before a change for which users prove who they are."""

from collections.abc import Callable

RequireProof = Callable[[], None]
"""Raises the refusal of the module that keeps sessions, or returns."""


def no_proof() -> None:
    """Ask for none: a command or the project itself acts."""
