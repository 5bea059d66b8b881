"""Spares a service that hangs: one caller at a time finds out if it answers again.

Otherwise each request that needs the service would hold a thread for the whole timeout,
and those that do not need it would find no thread.
"""

from threading import Lock
from time import monotonic


class Pause:
    """A pause after a service has hung, for all threads of this process."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._until = 0.0
        self._lock = Lock()

    def lets_ask(self) -> bool:
        """Return whether the caller may ask; when the pause is over, only one may."""
        if not self._until:
            return True
        with self._lock:
            if monotonic() < self._until:
                return False
            self.begin()
            return True

    def begin(self) -> None:
        """Let no other caller ask for so many seconds."""
        self._until = monotonic() + self.seconds

    def end(self) -> None:
        """Let every caller ask again: the service has answered."""
        self._until = 0.0
