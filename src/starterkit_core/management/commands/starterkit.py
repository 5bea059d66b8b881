"""``manage.py starterkit overrides``: what can be replaced, and what is."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from starterkit_core.modules import load_all_use_cases
from starterkit_core.overrides import PARTS, path_of
from starterkit_core.use_cases import UseCase, steps_of


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
        """Print one: its key, its steps, its replacements."""
        self.stdout.write(self.style.MIGRATE_HEADING(key))
        self.stdout.write(f"  use case  {use_case.__qualname__}")
        self.stdout.write(f"  steps     {', '.join(steps_of(use_case))}")
        for part in PARTS:
            if path := path_of(key, part):
                self.stdout.write(self.style.SUCCESS(f"  {part:<9} replaced by {path}"))
