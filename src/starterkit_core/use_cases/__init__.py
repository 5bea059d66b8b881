"""Use cases: one business action each, told as a sequence of overridable steps."""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from inspect import isfunction
from typing import Any, ClassVar, Generic, Protocol, Self, TypeVar, final

from starterkit_core import overrides
from starterkit_core.db.conflicts import retried
from starterkit_core.db.databases import accounts_database, transaction_of
from starterkit_core.errors import DomainError
from starterkit_core.observability import otel
from starterkit_core.utils.source import dotted

F = TypeVar("F", bound=Callable[..., Any])

_joined: ContextVar[list["UseCase[Any, Any]"] | None] = ContextVar(
    "starterkit_joined", default=None
)
"""Refused use cases of the transaction that is open; None outside of ``run()``."""


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
        step.deprecated_step = advice  # type: ignore[attr-defined]  # a mark of ours
        return step

    return mark


class UseCase(ABC, Generic[InputT, OutputT]):
    """One business action in three phases, each a sequence of overridable steps.

    1. ``prepare()`` runs once, before the transaction. (Of a use case that joins the
       ``run()`` of another one, it runs inside, and again with that.)
    2. ``run()`` runs inside one transaction, and again after a deadlock or a
       serialization failure.
    3. ``refused(error)`` runs after a refusal, when the transaction is rolled back.

    What follows a success waits for the commit: signals, mails, tasks.

    An instance lives for one execution. Steps read ``self.input``, so a new input
    field never changes the signature of a step that a host project overrides. What
    ``prepare()`` found out it keeps on ``self``; ``run()`` only reads that.
    """

    raises: ClassVar[tuple[type[DomainError], ...]] = ()
    """Every refusal of this action; the API documentation is built from it."""

    atomic: ClassVar[bool] = True
    """Whether ``run()`` needs a transaction; False says that ``run()`` only reads."""

    database: ClassVar[str | None] = None
    """Alias of the database of the transaction; None is the one with the accounts."""

    key: ClassVar[str] = ""
    """The key of its overrides, or ``""``: the endpoint's folder, or the act's file."""

    defaults: ClassVar[dict[str, type["UseCase[Any, Any]"]]] = {}
    """Our own use case of each folder or file that has been imported, by key."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        key = _key_of(cls)
        # A host's replacement keeps the inherited key of what it replaces.
        if key and cls.key in {"", key}:
            cls.key = key
            UseCase.defaults[key] = cls

    def __init__(self, input: InputT) -> None:
        self.input = input
        self._refused_inside: list[UseCase[Any, Any]] = []
        self._runs = 0

    @final
    @classmethod
    def execute(cls, input: InputT) -> OutputT:
        """Run this action, or the host project's replacement for it, in its phases.

        Called from the ``run()`` of another use case, it joins that transaction; then
        its ``refused()`` waits until that is rolled back, too.

        Raises:
            DomainError: one of ``raises``; the transaction is rolled back.
        """
        execution = cls.active()(input)
        run = execution._execute  # noqa: SLF001  # of this very class
        if not otel.installed:
            return run()
        return otel.observed(execution.key or dotted(cls), run, DomainError)

    @final
    @classmethod
    def active(cls) -> type[Self]:
        """Return the class this project runs, read from the settings as they are."""
        return overrides.active(cls.key, "use_case", cls)

    @classmethod
    def refusals(cls) -> tuple[type[DomainError], ...]:
        """Return what this action can refuse with in this project as it is set up."""
        return cls.raises

    def prepare(self) -> None:
        """Do what is slow or must survive a refusal: limits, counted tries, hashes.

        Runs once and outside the transaction; a single statement that may conflict goes
        through ``retried()``. A refusal here is final: ``run()`` is not reached, and
        ``refused()`` is called.
        """

    @abstractmethod
    def run(self) -> OutputT:
        """Call the steps in order and return the output.

        Runs again from the start after a conflict with another transaction. So it
        reads (and locks) what it changes here, and changes nothing on ``self.input``.
        """

    def refused(self, error: DomainError) -> None:
        """Do what must survive the refusal ``error``, such as recording it.

        Runs outside the transaction of ``run()``, which has been rolled back.
        """

    def _execute(self) -> OutputT:
        try:
            self.prepare()
            return self._in_transaction() if self.atomic else self.run()
        except DomainError as error:
            refusal = error
        # Outside of the handler: a task that refused() starts would be logged with the
        # traceback of the refusal, as if it had failed.
        try:
            self._after(refusal)
            raise refusal
        finally:
            del refusal  # its traceback refers to this frame

    def _in_transaction(self) -> OutputT:
        database = self.database or accounts_database()
        if _joined.get() is not None:
            with transaction_of(database, savepoint=False):
                return self.run()
        return retried(lambda: self._run_once(database), using=database)

    def _run_once(self, database: str) -> OutputT:
        refused: list[UseCase[Any, Any]] = []
        self._runs += 1
        if self._runs > 1 and otel.installed:
            otel.retried(self._runs - 1)
        with transaction_of(database):
            # Reset before the commit: what waits for it joins no transaction.
            token = _joined.set(refused)
            try:
                return self._with_companion(database)
            except DomainError:
                self._refused_inside = refused
                raise
            finally:
                _joined.reset(token)

    def _with_companion(self, database: str) -> OutputT:
        companion = _companion.get()
        if companion is None or not isinstance(self, companion.use_case):
            return self.run()
        companion.begin(database)
        output = self.run()
        companion.end(output)
        return output

    def _after(self, error: DomainError) -> None:
        """Call ``refused()`` of this and of what joined it; or wait for the outer."""
        outer = _joined.get()
        for use_case in (*self._refused_inside, self):
            if outer is None:
                use_case.refused(error)
            else:
                outer.append(use_case)


class Companion(Protocol):
    """Saves something in the transaction of a use case: both are saved, or neither.

    Like ``run()``, its methods are called again after a conflict.
    """

    use_case: type[UseCase[Any, Any]]
    """The use case; its subclasses count, too."""

    def begin(self, database: str) -> None:
        """Act in the transaction of ``database``, before ``run()``."""

    def end(self, output: Any) -> None:
        """Act in the same transaction, on what ``run()`` returned."""


_companion: ContextVar[Companion | None] = ContextVar(
    "starterkit_companion", default=None
)


@contextmanager
def accompanied_by(companion: Companion) -> Iterator[None]:
    """Let ``companion`` take part in the use case it names, until the block ends."""
    token = _companion.set(companion)
    try:
        yield
    finally:
        _companion.reset(token)


def steps_of(use_case: type[UseCase[Any, Any]]) -> list[str]:
    """Return the names of the steps that a host may override, in reading order."""
    found = [
        name
        for cls in reversed(use_case.__mro__)
        if issubclass(cls, UseCase) and cls is not UseCase
        for name, member in vars(cls).items()
        if isfunction(member) and not name.startswith("_") and name not in PHASES
    ]
    return list(dict.fromkeys(found))


PHASES = frozenset({"prepare", "run", "refused"})
"""The methods of ``UseCase`` that call the steps."""


def _key_of(cls: type) -> str:
    """Return the key that the class has by its place, or ``""``.

    An endpoint's use case is the one in ``<folder>/use_case.py``, under the folder. An
    act without a URL is the class in ``use_cases/<verb_noun>.py`` that is called like
    its file, under the file. Any other class has none: helpers, and what a host keeps
    wherever it likes.
    """
    parent, _, file = cls.__module__.rpartition(".")
    if file == "use_case":
        return parent
    is_act = parent.endswith(".use_cases") and file == _snake_case(cls.__name__)
    return cls.__module__ if is_act else ""


def _snake_case(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
