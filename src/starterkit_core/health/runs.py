"""Runs the checks in threads, so that no caller waits long for one that hangs.

One thread at a time works for each check, however many callers ask: one of them waits
for it, and the others get the last outcome. So a stranger who asks a thousand times a
second costs one connection a second, and a probe holds one thread of the server.
"""

import logging
import os
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Lock, Thread
from time import monotonic

from django.core.cache import caches
from django.db import connections

from starterkit_core.ports.health import Check, Unhealthy
from starterkit_core.utils.outages import summary_of

DEADLINE = 4.0
"""Seconds after which a check hangs. Load balancers wait five for the whole answer."""

FRESH = 1.0
"""For how many seconds an outcome is the answer to every caller."""

KEPT = 6.0
"""For how many seconds it is the answer to others while one caller awaits the next."""

AGAIN = 30.0
"""Seconds after which a check that hangs is run anew, as its connection may be dead.

It doubles with each thread that hangs, so that in a day there are no more than twelve.
"""

OK, FAILING, HANGING = "ok", "failing", "hanging"

logger = logging.getLogger("starterkit.health")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a check found."""

    state: str
    """``ok``, ``failing`` or ``hanging``."""

    began: float
    ended: float
    """When, by the clock of ``monotonic()``; or until when it was waited for."""

    error: str = ""
    """The class of the error: its text may name hosts and users."""

    detail: str = ""
    """What an ``Unhealthy`` says."""

    @property
    def seconds(self) -> float:
        """How long it took, or has taken so far."""
        return self.ended - self.began


@dataclass(slots=True, eq=False)
class _Run:
    """One thread of a check."""

    began: float = field(default_factory=monotonic)
    found: "Future[Outcome]" = field(default_factory=Future)

    def seconds(self) -> float:
        return monotonic() - self.began

    def outcome(self) -> Outcome:
        """Wait for the outcome, until the deadline of this run."""
        try:
            return self.found.result(timeout=max(0, DEADLINE - self.seconds()))
        except TimeoutError:
            return Outcome(state=HANGING, began=self.began, ended=monotonic())


class _Runner:
    """The threads of one check in this process, and what they found."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._lock = Lock()
        self._runs: list[_Run] = []
        self._last: Outcome | None = None
        self._noted = OK

    def join(self, check: Check) -> "_Run | Outcome":
        """Return what is known, or a run to wait for; start one if it is time to."""
        with self._lock:
            if last := self._last_of(FRESH):
                return last
            self._runs = [run for run in self._runs if not run.found.done()]
            if self._may_start():
                return self._start(check)
            newest = self._runs[-1]
            is_late = newest.seconds() >= DEADLINE
            return newest if is_late else self._last_of(KEPT) or newest

    def note(self, outcome: Outcome, error: Exception | None = None) -> None:
        """Log it when the state has changed; probes repeat it every few seconds."""
        former, self._noted = self._noted, outcome.state
        if outcome.state == former:
            return
        if outcome.state == OK:
            logger.warning("Health: %s is well again", self.name)
        elif outcome.state == HANGING:
            logger.error("Health: %s hangs", self.name)
        else:
            said = outcome.detail or (summary_of(error) if error else "")
            cause = error if outcome.error else None
            logger.error("Health: %s fails: %s", self.name, said, exc_info=cause)

    def _last_of(self, seconds: float) -> Outcome | None:
        """Return the last outcome if it is no older than so many seconds."""
        last = self._last
        return last if last and monotonic() - last.ended < seconds else None

    def _may_start(self) -> bool:
        if not self._runs:
            return True
        return self._runs[-1].seconds() >= AGAIN * 2.0 ** (len(self._runs) - 1)

    def _start(self, check: Check) -> _Run:
        run = _Run()
        name = f"starterkit-health-{self.name}"
        # A daemon: a check that hangs must not keep the process from ending.
        Thread(target=self._work, args=[run, check], name=name, daemon=True).start()
        self._runs.append(run)
        return run

    def _work(self, run: _Run, check: Check) -> None:
        error = _error_of(check)
        outcome = Outcome(
            state=FAILING if error else OK,
            began=run.began,
            ended=monotonic(),
            **_said_of(error),
        )
        with self._lock:
            # One that hung for long knows less than one that began after it.
            is_news = self._last is None or self._last.began < run.began
            if is_news:
                self._last = outcome
        if is_news:
            self.note(outcome, error)
        run.found.set_result(outcome)


_runners: dict[str, _Runner] = {}


def run_all(checks: Mapping[str, Check]) -> dict[str, Outcome]:
    """Run checks side by side, and return their outcomes within ``DEADLINE``."""
    joined = {name: _runner(name).join(check) for name, check in checks.items()}
    return {name: _outcome(name, found) for name, found in joined.items()}


def forget() -> None:
    """Forget what was found, as after a fork, which copies no threads."""
    _runners.clear()


def _runner(name: str) -> _Runner:
    return _runners.setdefault(name, _Runner(name))


def _outcome(name: str, found: _Run | Outcome) -> Outcome:
    if isinstance(found, Outcome):
        return found
    outcome = found.outcome()
    if outcome.state == HANGING:
        _runner(name).note(outcome)
    return outcome


def _error_of(check: Check) -> Exception | None:
    """Return what ``check`` raises, and close the connections that it has opened."""
    try:
        check()
    except Exception as error:  # noqa: BLE001  # a check of the project may raise anything
        return error
    finally:
        _close_connections()
    return None


def _said_of(error: Exception | None) -> dict[str, str]:
    """Return what the details say of ``error``."""
    if error is None:
        return {}
    if isinstance(error, Unhealthy):
        return {"detail": str(error)}
    return {"error": type(error).__name__}


def _close_connections() -> None:
    """Close what this thread has opened."""
    for connection in connections.all(initialized_only=True):
        connection.close()
        if connection.connection is not None:  # Django keeps SQLite in memory open
            connection.connection.close()
    caches.close_all()


if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(after_in_child=forget)
