"""``manage.py starterkit``: for all modules together.

``overrides`` lists what can be replaced, and what is. ``health`` asks what ``/readyz``
asks. ``purge`` deletes the rows of all modules whose time is over; run it once a day.
"""

from argparse import ArgumentParser
from collections.abc import Iterator
from inspect import signature
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from starterkit_core.health.checks import all_checks
from starterkit_core.health.report import NOT_READY, Report, report_of, report_of_all
from starterkit_core.http.endpoints import EndpointView
from starterkit_core.management import purging
from starterkit_core.modules import load_all_use_cases
from starterkit_core.overrides import path_of
from starterkit_core.ports import retention
from starterkit_core.use_cases import UseCase, steps_of
from starterkit_core.utils.source import dotted


class Command(BaseCommand):
    """Lists what the modules offer, asks how they are, and deletes what has expired."""

    help = "What the modules of this project offer and need, all together."
    requires_system_checks = ()  # of probes that come every few seconds

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the actions."""
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser(
            "overrides",
            help="List every endpoint and act, its steps, and what is replaced.",
        )
        health = actions.add_parser(
            "health", help="Run the checks of /readyz; exit with 1 if it would say 503."
        )
        health.add_argument(
            "check", nargs="*", help="Only this one; then all that are named must pass."
        )

        purging.add_arguments(
            actions.add_parser(
                "purge",
                help="Delete the rows of all modules whose time is over; run it once a "
                "day, concurrent runs are safe.",
            )
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Do the action."""
        if options["action"] == "health":
            self.ask(options["check"])
        elif options["action"] == "purge":
            purging.purge_all(retention.all_expired(), options, self.stdout)
        else:
            self.list_overrides()

    def ask(self, names: list[str]) -> None:
        """Print the outcome of the checks.

        Raises:
            CommandError: a required one fails, or there is none with such a name.
        """
        known = all_checks()
        if unknown := [name for name in names if name not in known]:
            raise CommandError(
                f"No such check: {unknown[0]}. Known: {', '.join(known)}."
            )
        report = report_of(names) if names else report_of_all()
        self.write_report(report)
        if report.status == NOT_READY:
            raise CommandError("Not ready.")

    def write_report(self, report: Report) -> None:
        """Print each check in a line."""
        for name, outcome in report.outcomes.items():
            said = f"{outcome.error} {outcome.detail}".rstrip()
            line = f"{name}: {outcome.state} ({outcome.seconds:.3f} s) {said}"
            self.stdout.write(line.rstrip())

    def list_overrides(self) -> None:
        """List them by key."""
        load_all_use_cases()
        for key in sorted(UseCase.defaults):
            self.write(key, UseCase.defaults[key])

    def write(self, key: str, use_case: type[UseCase[Any, Any]]) -> None:
        """Print one: its key, its classes, its steps, its replacements."""
        self.stdout.write(self.style.MIGRATE_HEADING(key))
        for part, ours in _classes(key, use_case):
            self.stdout.write(f"  {part:<9} {dotted(ours)}")
            if path := path_of(key, part):
                self.stdout.write(self.style.SUCCESS(f"  {'':<9} replaced by {path}"))
        for name in steps_of(use_case):
            self.stdout.write(f"    {name}{signature(getattr(use_case, name))}")


def _classes(key: str, use_case: type) -> Iterator[tuple[str, type]]:
    """Yield each part of an endpoint or act that can be replaced, with our class."""
    yield "use_case", use_case
    view = EndpointView.known.get(key)  # None for an act without a URL
    if view and view.request_class:
        yield "request", view.request_class
    if view and view.response_class:
        yield "response", view.response_class
