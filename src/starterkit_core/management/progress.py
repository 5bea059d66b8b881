"""Progress of a command: live on a terminal, one line a minute in a log."""

import time
from typing import Any

INTERVAL = 60.0
"""Seconds between two lines if the output is no terminal."""


class Progress:
    """Writes a counter to ``stream``, and ``done`` the final result."""

    def __init__(self, stream: Any, label: str) -> None:
        self.stream, self.label = stream, label
        self.live = bool(getattr(stream, "isatty", bool)())
        self.written_at = time.monotonic()

    def tell(self, number: int) -> None:
        """Write the counter; in a log, at most once per ``INTERVAL``."""
        if self.live:
            self.stream.write(f"\r{self.label}: {number}", ending="")
        elif time.monotonic() - self.written_at >= INTERVAL:
            self.written_at = time.monotonic()
            self.stream.write(f"{self.label}: {number} so far")
        self.stream.flush()

    def done(self, text: str) -> None:
        """Write the result; on a terminal it replaces the counter."""
        self.stream.write(f"\r{text}\x1b[K" if self.live else text)
