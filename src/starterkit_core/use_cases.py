"""Use cases: one business action each, told as a sequence of overridable steps."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, Self, TypeVar, final

from django.db import OperationalError, transaction

from starterkit_core import overrides
from starterkit_core.errors import DomainError
from starterkit_core.utils.conflicts import is_conflict

F = TypeVar("F", bound=Callable[..., Any])

ATTEMPTS = 3
"""How often a use case runs when the database reports a deadlock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """What a use case acts on; subclasses add its fields."""

    extra: Mapping[str, Any] = field(default_factory=dict)
    """Fields that only the host or another module knows, already validated."""


InputT = TypeVar("InputT", bound=Input)
OutputT = TypeVar("OutputT")


def step_deprecated(advice: str) -> Callable[[F], F]:
    """Mark a step that goes away; overriding it becomes a check warning.

    ``advice`` says what to override instead, and when the step goes.
    """

    def mark(step: F) -> F:
        step.deprecated_step = advice  # type: ignore[attr-defined]
        return step

    return mark


class UseCase(ABC, Generic[InputT, OutputT]):
    """One business action, told as a short sequence of overridable steps.

    An instance lives for one execution. Steps read ``self.input``, so a new input
    field never changes the signature of a step that a host project overrides.
    """

    raises: ClassVar[tuple[type[DomainError], ...]] = ()
    """Every refusal this action can answer with; the API docs are built from it."""

    atomic: ClassVar[bool] = True
    """Whether to run inside one database transaction; reads turn it off."""

    key: ClassVar[str] = ""
    """The folder of the endpoint, as a dotted path; the key of its overrides."""

    defaults: ClassVar[dict[str, type["UseCase[Any, Any]"]]] = {}
    """Our own use case of each folder that has been imported, by key."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        folder, found, _ = cls.__module__.rpartition(".use_case")
        if found and not cls.key:  # a replacement inherits the key of what it replaces
            cls.key = folder
            UseCase.defaults[folder] = cls

    def __init__(self, input: InputT) -> None:
        self.input = input

    @final
    @classmethod
    def execute(cls, input: InputT) -> OutputT:
        """Run this action, or the host project's replacement for it.

        A deadlock between two requests is the database's to report and ours to
        repeat, as long as nobody else's transaction is around us.

        Raises:
            DomainError: one of ``raises``; the transaction is rolled back.
        """
        active = cls.active()
        alone = active.atomic and not transaction.get_connection().in_atomic_block
        for _ in range(ATTEMPTS - 1 if alone else 0):
            try:
                return active.run_once(input)
            except OperationalError as error:
                if not is_conflict(error):
                    raise
        return active.run_once(input)

    @final
    @classmethod
    def active(cls) -> type[Self]:
        """Return the class this project runs, read from the settings as they are."""
        return overrides.active(cls.key, "use_case", cls)

    @abstractmethod
    def run(self) -> OutputT:
        """Call the steps in order and return the output."""

    @final
    @classmethod
    def run_once(cls, input: InputT) -> OutputT:
        """Run this very class, inside its transaction."""
        with transaction.atomic() if cls.atomic else nullcontext():
            return cls(input).run()
