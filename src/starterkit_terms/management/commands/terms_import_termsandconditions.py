"""Import texts and acceptances from the tables of django-termsandconditions."""

from starterkit_terms.management.importing import ImportCommand
from starterkit_terms.services.former_tables import TERMSANDCONDITIONS


class Command(ImportCommand):
    """Reads the tables; the package need not be installed."""

    help = (
        "Import texts and acceptances from the tables of django-termsandconditions, "
        "marked as imported; repeating it is safe."
    )
    source = TERMSANDCONDITIONS
