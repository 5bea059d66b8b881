"""Import texts and agreements from the tables of django-tos."""

from argparse import ArgumentParser

from starterkit_terms.management.importing import ImportCommand
from starterkit_terms.services.former_tables import TOS


class Command(ImportCommand):
    """Reads the tables; the package need not be installed."""

    help = (
        "Import texts and agreements from the tables of django-tos, marked as "
        "imported; repeating it is safe."
    )
    source = TOS

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the key of the document, which the package lacks."""
        super().add_arguments(parser)
        parser.add_argument("--key", default="terms", help="of the document here")
