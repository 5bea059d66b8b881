"""``manage.py starterkit_addresses``: what a rule for addresses makes of the accounts.

Run it before ``EMAIL_RULE`` is set or changed: it lists accounts that would be one. Run
it with ``--apply`` afterwards, to save the keys by which accounts are found.
"""

from argparse import ArgumentParser
from collections.abc import Iterable
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.module_loading import import_string

from starterkit_core.addresses import Rule, active_rule, problem_with_rule
from starterkit_core.conf import conf
from starterkit_core.db.address_keys import AddressKeys, KeyedRow
from starterkit_core.errors import AddressTaken
from starterkit_core.management.progress import Progress
from starterkit_core.management.purging import BATCH_SIZE, positive
from starterkit_core.ports.address_keys import all_keys
from starterkit_core.services.address_collisions import Collision, Survey, survey
from starterkit_core.use_cases.save_address_keys import (
    SaveAddressKeys,
    SaveAddressKeysInput,
)

LISTED = 20


class Command(BaseCommand):
    """Reads every address; changes rows only with ``--apply``."""

    help = (
        "List the accounts whose addresses are one mailbox by a rule, and exit with 1 "
        "if there are some. With --apply, save the keys of all addresses by the rule "
        "in STARTERKIT_CORE['EMAIL_RULE']; repeating it is safe."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add ``--rule``, ``--apply``, ``--list`` and ``--batch-size``."""
        add = parser.add_argument
        rule = "dotted path of another rule than EMAIL_RULE, to find what it would do"
        add("--rule", metavar="PATH", help=rule)
        add("--apply", action="store_true", help="save the keys; without, only list")
        add(
            "--list",
            type=int,
            default=LISTED,
            metavar="N",
            help=f"list at most N shared addresses of a kind (default: {LISTED})",
        )
        add(
            "--batch-size",
            type=positive,
            default=BATCH_SIZE,
            help=f"rows per transaction (default: {BATCH_SIZE})",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """List the collisions, and save the keys if there are none.

        Raises:
            CommandError: there are collisions, or the rule or an option is wrong.
        """
        rule = self.rule(options["rule"], apply=options["apply"])
        columns = [*all_keys()]
        found = [self.look(keys, rule, options["list"]) for keys in columns]
        if number := sum(len(it.collisions) for it in found):
            raise CommandError(f"Shared addresses: {number}. No key was saved.")
        if options["apply"]:
            self.apply(columns, options["batch_size"])

    def rule(self, path: str | None, *, apply: bool) -> Rule | None:
        """Return the rule to look at; None is no rule.

        Raises:
            CommandError: it is none, or not the one of the project.
        """
        if path is None:
            return active_rule()
        if apply:
            raise CommandError("--apply saves keys by EMAIL_RULE: set that instead.")
        if path and (problem := problem_with_rule(path)):
            raise CommandError(f"{path} {problem}")
        rule: Rule | None = import_string(path) if path else None
        return rule

    def look(self, keys: AddressKeys, rule: Rule | None, limit: int) -> Survey:
        """Write what the rule would make of one model, and return it."""
        name = keys.model._meta.label
        progress = Progress(self.stdout, name)
        found = survey(keys, rule, progress.tell)
        progress.done(
            f"{name}: {found.rows} rows; keys to save: {found.changed}; shared "
            f"addresses: {len(found.collisions)}, of {found.colliding} accounts"
        )
        shown = [*found.collisions.items()][: max(limit, 0)]
        for key, collision in shown:
            self.stdout.write(f"  {key!r}: {told(collision)}")
        if len(found.collisions) > len(shown):
            self.stdout.write("  …")
        return found

    def apply(self, columns: Iterable[AddressKeys], batch_size: int) -> None:
        """Save the keys of each model, batch by batch.

        Raises:
            CommandError: an account was made meanwhile that would share an address.
        """
        self.stdout.write(f"EMAIL_RULE: {conf.EMAIL_RULE or 'none'}")
        for keys in columns:
            try:
                self.apply_to(keys, batch_size)
            except AddressTaken as error:
                raise CommandError("A shared address is new: try again.") from error

    def apply_to(self, keys: AddressKeys, batch_size: int) -> None:
        """Save the keys of one model, and show the progress."""
        name = keys.model._meta.label
        progress, saved, after = Progress(self.stdout, name), 0, None
        while True:
            batch = SaveAddressKeys.execute(
                SaveAddressKeysInput(keys=keys, batch_size=batch_size, after=after)
            )
            saved, after = saved + batch.saved, batch.last
            progress.tell(saved)
            if after is None:
                break
        progress.done(f"{name}: keys saved: {saved}")


def told(collision: Collision) -> str:
    """Return the first accounts of a collision, on one line."""
    more = collision.number - len(collision.first)
    texts = [*map(_named, collision.first), *([f"and {more} more"] if more else [])]
    return ", ".join(texts)


def _named(row: KeyedRow) -> str:
    return f"{row.account} ({row.address!r})"
