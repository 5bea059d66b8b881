"""Closes an account, opens it again, or cleans up after a bulk update."""

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.management.base import BaseCommand, CommandError

from starterkit_auth.services import closed_accounts
from starterkit_auth.services.user_lookup import find_user
from starterkit_auth.use_cases.close_account import CloseAccount, CloseAccountInput
from starterkit_auth.use_cases.end_access import EndAccess, EndAccessInput
from starterkit_auth.use_cases.open_account import OpenAccount, OpenAccountInput


class Command(BaseCommand):
    """Closes and opens accounts; what let their users in before ends with it."""

    help = (
        "Close an account: its sessions, codes and links end. With --lift, open it "
        "again. With --inactive, end what a bulk update or SQL has left of all "
        "accounts that it closed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Require either ``--user`` or ``--inactive``."""
        group = parser.add_mutually_exclusive_group(required=True)
        group.add_argument("--user", help="an e-mail address, or the id of a user")
        group.add_argument(
            "--inactive", action="store_true", help="all accounts that are inactive"
        )
        parser.add_argument(
            "--lift", action="store_true", help="open the account of --user again"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Close or open the account, or clean up after a bulk update.

        Raises:
            CommandError: there is no such user, or no column to close an account.
        """
        if not closed_accounts.has_state():
            raise CommandError("The user model has no column is_active.")
        if options["inactive"]:
            self.clean_up()
        elif options["lift"]:
            OpenAccount.execute(OpenAccountInput(user=self.find(options["user"])))
            self.stdout.write(f"{options['user']}: opened")
        else:
            CloseAccount.execute(CloseAccountInput(user=self.find(options["user"])))
            self.stdout.write(f"{options['user']}: closed")

    def find(self, named: str) -> AbstractBaseUser:
        """Return the user.

        Raises:
            CommandError: there is none.
        """
        user = find_user(named)
        if user is None:
            raise CommandError(f"There is no user {named}.")
        return user

    def clean_up(self) -> None:
        """End the access of each inactive user who has any, one transaction each."""
        number = 0
        for user in closed_accounts.with_access_left().iterator():
            EndAccess.execute(EndAccessInput(user=user))
            number += 1
        self.stdout.write(f"inactive accounts that still had access: {number}")
