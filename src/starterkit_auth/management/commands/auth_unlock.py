"""Lets a person who is locked out by limits try again at once."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from starterkit_auth.services.user_lookup import find_user
from starterkit_auth.use_cases.lift_limits import LiftLimits, LiftLimitsInput
from starterkit_core.errors import ServiceUnavailable


class Command(BaseCommand):
    """Forgets the attempts that count for an account."""

    help = (
        "Forget the passwords, codes and mails that count for one account, so that its "
        "owner can try again at once. Limits of a network stay."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Require ``--user``."""
        named = "an e-mail address, with or without an account, or the id of a user"
        parser.add_argument("--user", required=True, help=named)

    def handle(self, *args: Any, **options: Any) -> None:
        """Lift the limits.

        Raises:
            CommandError: there is no such user, or the cache that counts is down.
        """
        name, user = options["user"], find_user(options["user"])
        if user is None and "@" not in name:
            raise CommandError(f"There is no user {name}.")
        try:
            LiftLimits.execute(LiftLimitsInput(name=name, user=user))
        except ServiceUnavailable as refusal:
            raise CommandError("The cache with the limits is down.") from refusal
        self.stdout.write(f"{name}: may try again")
