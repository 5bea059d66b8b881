"""``manage.py starterkit overrides``: what can be replaced, and what is."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from starterkit_core.apps import load_all_endpoints
from starterkit_core.checks.overrides import steps_of
from starterkit_core.endpoints import EndpointView
from starterkit_core.overrides import PARTS, path_of


class Command(BaseCommand):
    """Tells about the modules that this project has installed."""

    help = "List every endpoint, its steps, and what this project replaces."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the one thing to do."""
        parser.add_argument("action", choices=["overrides"])

    def handle(self, *args: Any, **options: Any) -> None:
        """List the endpoints."""
        load_all_endpoints()
        for key in sorted(EndpointView.known):
            self.tell(key, EndpointView.known[key])

    def tell(self, key: str, view: type[EndpointView]) -> None:
        """Write one endpoint: its folder, its steps, its replacements."""
        self.stdout.write(self.style.MIGRATE_HEADING(key))
        self.stdout.write(f"  use case  {view.use_case.__qualname__}")
        self.stdout.write(f"  steps     {', '.join(steps_of(view.use_case))}")
        for part in PARTS:
            if path := path_of(key, part):
                self.stdout.write(self.style.SUCCESS(f"  {part:<9} replaced by {path}"))
