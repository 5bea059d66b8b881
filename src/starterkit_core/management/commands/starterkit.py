"""``manage.py starterkit overrides``: what can be replaced, and what is."""

from argparse import ArgumentParser
from collections.abc import Iterator
from inspect import signature
from typing import Any

from django.core.management.base import BaseCommand

from starterkit_core.http.endpoints import EndpointView
from starterkit_core.modules import load_all_use_cases
from starterkit_core.overrides import path_of
from starterkit_core.use_cases import UseCase, steps_of
from starterkit_core.utils.source import dotted


class Command(BaseCommand):
    """Lists what the modules of this project offer."""

    help = "List every endpoint and act, its steps, and what this project replaces."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the name of the list."""
        parser.add_argument("action", choices=["overrides"])

    def handle(self, *args: Any, **options: Any) -> None:
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
