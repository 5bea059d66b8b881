"""Verify that published texts are what was published, and acceptances fit them."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from starterkit_terms.services import verifying


class Command(BaseCommand):
    """Recomputes every hash; changes no row."""

    help = "Recompute hashes; fail if a published text or an acceptance does not fit."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print each row that is wrong.

        Raises:
            CommandError: there is one.
        """
        wrong = 0
        for found in (self.texts(), self.versions(), self.acceptances(), self.lost()):
            for line in found:
                self.stdout.write(self.style.ERROR(line))
                wrong += 1
        if wrong:
            raise CommandError(f"Wrong: {wrong}.")
        self.stdout.write(self.style.SUCCESS("Texts are intact; acceptances fit them."))

    def texts(self) -> Any:
        """Yield a line for each text that was changed."""
        for text, problem in verifying.tampered_texts():
            version = text.version
            place = f"{version.document.key} {version.number} {text.locale}"
            yield f"text {text.pk} ({place}): {problem}"

    def versions(self) -> Any:
        """Yield a line for each version that lost its texts."""
        for version in verifying.versions_without_text():
            place = f"{version.document.key} {version.number}"
            yield f"version {version.pk} ({place}): its texts are gone"

    def acceptances(self) -> Any:
        """Yield a line for each acceptance of a text that there is not."""
        for row in verifying.unfounded_acceptances():
            place = f"{row.version.document.key} {row.version.number} {row.locale}"
            yield f"acceptance {row.pk} ({place}): no text fits it"

    def lost(self) -> Any:
        """Yield a line for each state of which acts are gone."""
        for state in verifying.lost_acts():
            place = f"user {state.user_id}, document {state.document.key}"
            yield f"{place}: {state.acts} acts, and there were {state.sequence}"
