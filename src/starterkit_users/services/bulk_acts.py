"""The acts that administrators do on many users at once.

Each is a use case that acts on one user. Its input takes ``user_id``, ``actor`` and
``client``, and what the request may say besides.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from starterkit_core.use_cases import UseCase
from starterkit_core.utils.client import Client


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkAct:
    """One act."""

    name: str
    """As requests say it, such as ``suspend``."""

    use_case: type[UseCase[Any, Any]]
    input: Callable[..., Any]
    """The class of its input."""

    permission: str = "change"
    """The act of the permission of Django on users that the actor needs."""

    takes: Collection[str] = ()
    """Fields of its input that the request may have, such as ``reason``."""

    needs: Collection[str] = ()
    """Those of them that it must have."""

    words: Mapping[str, Collection[str]] = field(default_factory=dict)
    """The words that a field of them may be, where it is no text of a person."""

    read: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)
    """How to read those that are no texts, as a job keeps them as JSON."""

    is_available: Callable[[], bool] = lambda: True
    """Whether this project has it."""

    def run(
        self, user_id: str, *, actor: Any, client: Client, options: Mapping[str, Any]
    ) -> None:
        """Do it to one user.

        Raises:
            DomainError: a refusal of the use case.
        """
        given = {
            name: self.read.get(name, _as_it_is)(options[name])
            for name in self.takes
            if name in options
        }
        self.use_case.execute(
            self.input(user_id=user_id, actor=actor, client=client, **given)
        )


def _as_it_is(value: Any) -> Any:
    return value


_acts: dict[str, BulkAct] = {}


def register(act: BulkAct) -> None:
    """Add ``act``; one with the same name is replaced."""
    _acts[act.name] = act


def unregister(name: str) -> None:
    """Remove the act called ``name``."""
    _acts.pop(name, None)


def acts() -> dict[str, BulkAct]:
    """Return the acts that this project has, by name."""
    return {name: act for name, act in _acts.items() if act.is_available()}
