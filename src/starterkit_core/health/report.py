"""What the checks say together: ready, degraded or not ready."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from starterkit_core.conf import conf
from starterkit_core.health.checks import all_checks
from starterkit_core.health.runs import OK, Outcome, run_all

READY, DEGRADED, NOT_READY = "ready", "degraded", "not_ready"


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of some checks, and which of them must be well."""

    outcomes: Mapping[str, Outcome]
    required: frozenset[str]

    @property
    def failing(self) -> list[str]:
        """The names of those that are not well."""
        return [name for name, each in self.outcomes.items() if each.state != OK]

    @property
    def status(self) -> str:
        """``ready``, ``degraded`` (what fails is not required) or ``not_ready``."""
        if self.required.intersection(self.failing):
            return NOT_READY
        return DEGRADED if self.failing else READY

    def details(self) -> dict[str, Any]:
        """Return everything as JSON."""
        checks = {name: self._detail(name) for name in self.outcomes}
        return {"status": self.status, "failing": self.failing, "checks": checks}

    def _detail(self, name: str) -> dict[str, Any]:
        outcome = self.outcomes[name]
        said = {"error": outcome.error, "detail": outcome.detail}
        return {
            "state": outcome.state,
            "required": name in self.required,
            "seconds": round(outcome.seconds, 3),
            **{key: text for key, text in said.items() if text},
        }


def report_of(names: Iterable[str]) -> Report:
    """Run the checks with these names; each of them is required.

    Raises:
        KeyError: there is no such check.
    """
    known, wanted = all_checks(), frozenset(names)
    outcomes = run_all({name: known[name] for name in sorted(wanted)})
    return Report(outcomes, wanted)


def report_of_required() -> Report:
    """Run what ``READY_REQUIRES`` names; a check does not wait for others that hang."""
    known = all_checks()
    return report_of(known.keys() & conf.READY_REQUIRES)


def report_of_all() -> Report:
    """Run all checks."""
    return Report(run_all(all_checks()), frozenset(conf.READY_REQUIRES))
