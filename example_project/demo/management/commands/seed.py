"""Fill the database of the demo."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.cache import caches
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

import example_project.legal
from example_project.demo.accounts import ACCOUNTS, PASSWORD, DemoAccount
from example_project.demo.cache import DemoCache
from example_project.demo.conf import is_demo
from example_project.notes.models import Note
from starterkit_auth.services import addresses, sign_in_limits
from starterkit_core.addresses import canonical_email
from starterkit_terms.models import version_model
from starterkit_terms.services.evidence import AcceptedText
from starterkit_terms.services.reading import wordings
from starterkit_terms.v1.acceptances.post.use_case import AcceptTerms, AcceptTermsInput
from starterkit_users.models import Status, User
from starterkit_users.services import lifecycle

DOCUMENTS = Path(example_project.legal.__path__[0], "documents")
NOTES = ("Buy rye bread", "Ask Charles about the engine")


class Command(BaseCommand):
    """Creates the accounts and roles of the demo, and publishes its documents.

    Idempotent. Existing accounts are active again, get their password back, and accept
    what was published since. Limits start anew.
    """

    help = "Fill the database of the demo: accounts, terms, a few notes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add ``--force``, which is required outside of the demo."""
        parser.add_argument(
            "--force", action="store_true", help="even though DEBUG is off"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Fill the database in one transaction.

        Raises:
            CommandError: this is no demo, and the password is public.
        """
        if not (is_demo() or options["force"]):
            raise CommandError(
                "DEBUG is off, and everybody knows the password of these accounts. "
                "Add --force if you mean it."
            )
        call_command("sync_roles", stdout=self.stdout, no_color=True)
        with transaction.atomic():
            for folder in sorted(DOCUMENTS.iterdir()):
                self.publish(folder)
            for account in ACCOUNTS:
                self.seed_account(account)
        self.clear_limits()

    def clear_limits(self) -> None:
        """Let everybody try again: of all limits in the demo, else of the accounts."""
        if isinstance(cache := caches["default"], DemoCache):
            cache.clear()
        for account in ACCOUNTS:
            sign_in_limits.clear(canonical_email(account.email))

    def publish(self, folder: Path) -> None:
        """Publish a document from its files, unless it has been published before."""
        known = version_model().objects.published().filter(document__key=folder.name)
        if known.exists():
            self.stdout.write(f"Kept {folder.name}.")
            return
        call_command("terms_publish", str(folder), stdout=self.stdout, no_color=True)

    def seed_account(self, account: DemoAccount) -> None:
        """Create the account, or reset it."""
        user = self.save_user(account)
        addresses.assign(user, account.email, verified=True)
        self.accept_terms(user)
        self.write_notes(user)
        self.stdout.write(f"Account {account.email}, password {PASSWORD}")

    def save_user(self, account: DemoAccount) -> User:
        """Return the user, who can sign in with the password that is printed."""
        users = User.objects.with_address(account.email)
        user: User = users.first() or User(email=account.email)
        user.first_name = user.first_name or account.first_name
        user.is_staff = user.is_superuser = account.is_admin
        user.set_password(PASSWORD)
        user.save()
        if lifecycle.status_of(user) != Status.ACTIVE:
            lifecycle.change(user, Status.ACTIVE)
        return user

    def accept_terms(self, user: User) -> None:
        """Accept all that is mandatory, as the user would over the API."""
        mandatory = version_model().objects.in_force(timezone.now()).mandatory()
        accepted = [
            AcceptedText(version=found.version.pk, content_hash=found.text.content_hash)
            for found in wordings(mandatory, ["en"])
        ]
        AcceptTerms.execute(AcceptTermsInput(user=user, accepted=accepted))

    def write_notes(self, user: User) -> None:
        """Create a few notes if the user has none."""
        if not Note.objects.of(user).exists():
            for title in NOTES:
                Note.objects.create(owner=user, title=title)
