"""How far a command is: live on a terminal, one line a minute in a log."""

import time
from typing import Any

INTERVAL = 60.0
"""Seconds between two lines where nobody watches."""


class Progress:
    """Says on ``stream`` how far something is; ``done`` says the last word."""

    def __init__(self, stream: Any, label: str) -> None:
        self.stream, self.label = stream, label
        self.live = bool(getattr(stream, "isatty", bool)())
        self.said_at = time.monotonic()

    def tell(self, number: int) -> None:
        """Say how many there are by now, unless that was said just before."""
        if self.live:
            self.stream.write(f"\r{self.label}: {number}", ending="")
        elif time.monotonic() - self.said_at >= INTERVAL:
            self.said_at = time.monotonic()
            self.stream.write(f"{self.label}: {number} so far")
        self.stream.flush()

    def done(self, text: str) -> None:
        """Say how it ended, in place of what was said live."""
        self.stream.write(f"\r{text}\x1b[K" if self.live else text)
