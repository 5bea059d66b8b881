"""Makes the first administrator without a dialog, such as in a deployment."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.core.management.base import BaseCommand, CommandError

from starterkit_core.utils.secrets import Secret
from starterkit_users.errors import AdminExists
from starterkit_users.use_cases.create_admin import CreateAdmin, CreateAdminInput


class Command(BaseCommand):
    """Makes a superuser, unless there is one."""

    help = (
        "Make an administrator without a dialog. If there is one, say so and "
        "exit with code 0: run it at every deployment."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Ask for the name, and where the password is read."""
        parser.add_argument("name", help="what the administrator signs in with")
        parser.add_argument(
            "--password-file",
            help="a file with the password, such as a secret that is mounted; - reads "
            "it from standard input. Without it, the account has no password.",
        )
        parser.add_argument(
            "--set",
            action="append",
            default=[],
            metavar="COLUMN=VALUE",
            help="a further column of the user model; may be repeated",
        )
        parser.add_argument(
            "--force", action="store_true", help="also if there is an administrator"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the administrator, or say that there is one.

        Raises:
            CommandError: a value is refused, or the password cannot be read.
        """
        given = CreateAdminInput(
            fields=self.columns(options["name"], options["set"]),
            password=self.password(options["password_file"]),
            even_if_there_is_one=options["force"],
        )
        try:
            user = CreateAdmin.execute(given)
        except AdminExists as refusal:
            self.stdout.write(str(refusal.message))
        except ValidationError as refusal:
            raise CommandError("; ".join(refusal.messages)) from refusal
        else:
            self.stdout.write(f"{user.get_username()}: may enter the administration")

    def columns(self, name: str, others: list[str]) -> dict[str, Any]:
        """Return the values of the columns, as Python has them.

        Raises:
            CommandError: there is no such column, or it takes no such value.
        """
        model: Any = get_user_model()
        texts = {str(model.USERNAME_FIELD): name}
        texts |= {it.partition("=")[0]: it.partition("=")[2] for it in others}
        try:
            return {
                column: model._meta.get_field(column).to_python(text)
                for column, text in texts.items()
            }
        except FieldDoesNotExist as error:
            raise CommandError(f"The user model has no such column: {error}") from error
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from error

    def password(self, file: str | None) -> Secret:
        """Return the password, without the line break at its end.

        Raises:
            CommandError: the file cannot be read, or is empty.
        """
        if file is None:
            return Secret()
        try:
            text = sys.stdin.read() if file == "-" else Path(file).read_text("utf-8")
        except (OSError, ValueError) as error:
            raise CommandError(f"The password cannot be read: {error}") from error
        if not (password := text.removesuffix("\n").removesuffix("\r")):
            raise CommandError("There is no password in it.")
        return Secret(password)
