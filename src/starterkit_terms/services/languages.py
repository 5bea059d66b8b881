"""Which languages a version needs."""

from starterkit_terms.conf import conf
from starterkit_terms.models import AbstractVersion


def needed_locales(version: AbstractVersion) -> set[str]:
    """Return the languages without a text in which the version is not published."""
    needed = {locale.lower() for locale in conf.REQUIRED_LOCALES}
    return needed | {version.authoritative_locale} - {""}
