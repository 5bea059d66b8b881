"""Lists addresses that sign-in cannot use, and lets one account keep a shared one."""

from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.management.base import BaseCommand, CommandError

from starterkit_auth.services.existing_addresses import Survey, survey
from starterkit_auth.use_cases.keep_address import (
    RULES,
    KeepAddress,
    KeepAddressInput,
)

LISTED = 20


class Command(BaseCommand):
    """Reads every address; changes rows only with ``--keep`` and ``--apply``."""

    help = (
        "List e-mail addresses that several accounts share, that are missing or "
        "malformed. With --keep, show which account would keep each shared address; "
        "with --apply, save that."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add ``--keep``, ``--apply`` and ``--list``."""
        parser.add_argument(
            "--keep",
            choices=[*RULES],
            help="which of the active accounts keeps a shared address",
        )
        parser.add_argument(
            "--apply", action="store_true", help="save it; without, only show it"
        )
        parser.add_argument(
            "--list",
            type=int,
            default=LISTED,
            metavar="N",
            help=f"list at most N of each kind (default: {LISTED})",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """List what was found, and apply the rule.

        Raises:
            CommandError: ``--apply`` without ``--keep``.
        """
        if options["apply"] and not options["keep"]:
            raise CommandError("--apply needs a rule: --keep oldest, for example.")
        found = survey()
        self.show(found, options["list"])
        if rule := options["keep"]:
            self.settle({**found.shared, **found.odd}, rule, apply=options["apply"])

    def show(self, found: Survey, limit: int) -> None:
        """Write the number of each kind, and the first ones of it."""
        malformed = [f"{pk}: {text!r}" for pk, text in found.malformed.items()]
        self.write("shared addresses", lines_of(found.shared), limit)
        self.write("accounts without an address", found.blank, limit)
        self.write("malformed addresses", malformed, limit)
        title = "addresses in a spelling that sign-in cannot search for"
        self.write(title, lines_of(found.odd), limit)

    def write(self, title: str, lines: Sequence[Any], limit: int) -> None:
        """Write a title with a number, and the first ``lines``."""
        self.stdout.write(f"{title}: {len(lines)}")
        for line in lines[:limit]:
            self.stdout.write(f"  {line}")
        if len(lines) > limit:
            self.stdout.write("  …")

    def settle(
        self, accounts: Mapping[str, list[AbstractBaseUser]], rule: str, *, apply: bool
    ) -> None:
        """Apply the rule to each address, or show what it would do."""
        for key, users in accounts.items():
            act = KeepAddressInput(key=key, accounts=users, rule=rule)
            choose = KeepAddress.active()(act).choose
            keeper = KeepAddress.execute(act) if apply else choose(users)
            says = f"keeps: {named(keeper)}" if keeper else "is held by now"
            self.stdout.write(f"{key!r} {says}")
        if not apply:
            self.stdout.write("No row was saved. Repeat it with --apply to save this.")


def lines_of(accounts: Mapping[str, list[AbstractBaseUser]]) -> list[str]:
    """Return a line for each address, with its accounts."""
    return [
        f"{key!r}: {', '.join(map(named, users))}" for key, users in accounts.items()
    ]


def named(user: AbstractBaseUser) -> str:
    """Return id and name of an account, on one line."""
    state = "" if user.is_active else ", inactive"
    return f"{user.pk} ({user.get_username()}{state})".replace("\n", " ")
