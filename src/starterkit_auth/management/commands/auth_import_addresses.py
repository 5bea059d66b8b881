"""Takes over addresses that the host project has proven, from any of its models."""

from argparse import ArgumentParser
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import asdict
from itertools import islice
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldError, ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db.models import QuerySet

from starterkit_auth.services.existing_addresses import CHUNK, pages
from starterkit_auth.use_cases.import_addresses import (
    ImportAddresses,
    ImportAddressesInput,
)
from starterkit_core.management.progress import Progress

LITERALS = {"True": True, "False": False, "None": None}
WORDS = {
    "known": "proven here before",
    "unusable": "malformed or no longer current",
    "held": "held by another account",
}


class Command(BaseCommand):
    """Saves proofs in batches; repeating it is safe."""

    help = (
        "Import proven e-mail addresses from a model of the project. "
        "django-allauth: auth_import_addresses account.EmailAddress --address email "
        "--where verified=True. All users: auth_import_addresses auth.User --user pk "
        "--address email."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the model, its fields, the filter and ``--apply``."""
        add = parser.add_argument
        add("model", help="the model, such as account.EmailAddress")
        user = "its field with the user, or pk if it is the user model (default: user)"
        add("--user", default="user", help=user)
        address = "its field with the address (default: email)"
        add("--address", default="email", help=address)
        where = "only these rows, such as verified=True; may be repeated"
        many: Any = {"action": "append", "default": [], "metavar": "FIELD=VALUE"}
        add("--where", **many, help=where)
        add("--apply", action="store_true", help="save them; without, only count")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import batch by batch, and write how many accounts there were.

        Raises:
            CommandError: there is no such model, field or value.
        """
        apply, numbers = options["apply"], Counter[str]()
        progress = Progress(self.stdout, "accounts")
        try:
            rows = self.rows(options)
            for batch in batches(rows, options["user"], options["address"]):
                given = ImportAddressesInput(proven=batch, apply=apply)
                numbers += Counter(asdict(ImportAddresses.execute(given)))
                progress.tell(numbers.total())
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except (LookupError, FieldError, ValueError) as error:
            raise CommandError(str(error)) from error
        progress.done(f"{numbers['imported']} {'imported' if apply else 'to import'}")
        for name, words in WORDS.items():
            self.stdout.write(f"{words}: {numbers[name]}")

    def rows(self, options: dict[str, Any]) -> QuerySet[Any]:
        """Return the rows of the model that the options name."""
        if "." not in options["model"]:
            raise CommandError("Name the model as app.Model, such as auth.User.")
        conditions = {}
        for condition in options["where"]:
            name, _, value = condition.partition("=")
            conditions[name] = LITERALS.get(value, value)
        rows: QuerySet[Any] = apps.get_model(options["model"])._base_manager
        return rows.filter(**conditions)


def batches(
    rows: QuerySet[Any], user: str, address: str
) -> Iterator[dict[Any, list[str]]]:
    """Yield the addresses of up to ``CHUNK`` rows at a time, by the id of the user."""
    found = pages(rows, *{user, address} - {"pk"})
    while page := [*islice(found, CHUNK)]:
        batch = defaultdict(list)
        for row in page:
            if row[user] is not None and row[address]:
                batch[row[user]].append(row[address])
        yield batch
