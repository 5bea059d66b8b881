"""Values that a process keeps for a moment, instead of asking for them each time."""

from collections.abc import Callable
from time import monotonic
from typing import Any, Generic, TypeVar
from weakref import WeakSet

T = TypeVar("T")


class Memory(Generic[T]):
    """One value, which is loaded again when it is older than so many seconds.

    The threads of a process share it. Its age counts from the beginning of the load,
    so a change is seen at most that much later.
    """

    def __init__(self, load: Callable[[], T], seconds: float) -> None:
        self.seconds = seconds
        self._load = load
        self._kept: tuple[float, T] | None = None
        _all.add(self)

    def get(self) -> T:
        """Return the value, which is loaded if there is none that is fresh."""
        kept = self._kept  # once: another thread may replace it
        now = monotonic()
        if kept is not None and 0 <= now - kept[0] < self.seconds:
            return kept[1]
        value = self._load()
        self._kept = now, value
        return value

    def fresh(self) -> T | None:
        """Return the value if it is fresh, or None, without loading it."""
        kept = self._kept
        if kept is None or not 0 <= monotonic() - kept[0] < self.seconds:
            return None
        return kept[1]

    def forget(self) -> None:
        """Load the value again when it is next asked for."""
        self._kept = None


_all: "WeakSet[Memory[Any]]" = WeakSet()


def forget_all() -> None:
    """Empty every memory, such as for the next test."""
    for memory in list(_all):
        memory.forget()
