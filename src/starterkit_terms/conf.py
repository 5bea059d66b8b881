"""What a host project may tune in terms."""

from datetime import timedelta

from django.conf import settings

from starterkit_core.conf import AppSettings, Setting

ADDRESS_POLICIES = frozenset({"off", "truncated", "full"})


class TermsSettings(AppSettings):
    """What a host project may tune in this app."""

    namespace = "STARTERKIT_TERMS"

    REQUIRED_AT_SIGN_UP = Setting(default=True)
    """Whether a sign-up must accept every mandatory document that is in force."""

    CLIENT_ADDRESS = Setting(
        "truncated",
        accepts=lambda policy: policy in ADDRESS_POLICIES,
        expects="'off', 'truncated' or 'full'",
    )
    """How much of the network address is saved as evidence: none, its network, all."""

    AUTHENTICATION_CLASSES = Setting[tuple[str, ...]](())
    """Authenticators of DRF, as dotted paths, that ``pending/`` and ``acceptances/``
    also take, after those of ``REST_FRAMEWORK``. Users whom they sign in can accept, so
    a gate before the whole project also stops them.
    """

    DOCUMENTS_MAX_AGE = Setting(
        timedelta(minutes=1),
        accepts=lambda age: age >= timedelta(),
        expects="zero or more",
    )
    """``max-age`` of GET documents/; a new version can show up this much later."""


conf = TermsSettings()


def default_locale() -> str:
    """Return the language to show if there is a text in none of the wanted ones."""
    return settings.LANGUAGE_CODE.lower()
