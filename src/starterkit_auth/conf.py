"""``STARTERKIT_AUTH``: what a host may tune, and what we read of Django's settings."""

from datetime import timedelta

from django.conf import settings

from starterkit_core.conf import AppSettings, Setting, positive
from starterkit_core.services.limits import Limit

SHORTEST_PASSWORD = 8
"""No project may accept less, whatever it sets (ASVS 5.0, 6.2.1)."""

NOTICES = frozenset(
    {
        "email_changed",
        "new_device",
        "password_changed",
        "password_reset",
        "token_replayed",
    }
)
"""Every event that an owner can be told of."""

LONGEST_RESET = timedelta(days=1)
"""No link that opens an account may live longer."""


def is_rate(text: str) -> bool:
    """Say whether ``text`` is a rate such as ``10/15m``."""
    try:
        Limit.parse("", text)
    except ValueError:
        return False
    return True


def is_safe_source(url: str) -> bool:
    """Say whether nobody on the way can read or answer what is asked at ``url``."""
    return url.startswith(("https://", "http://127.0.0.1:"))


def _length_of_time(default: timedelta) -> Setting[timedelta]:
    return Setting(default, accepts=positive, expects="more than no time")


def _duration(default: timedelta) -> Setting[timedelta]:
    """Return a length of time that may be none."""
    return Setting(
        default, accepts=lambda time: time >= timedelta(), expects="no time or more"
    )


def _url(default: str) -> Setting[str]:
    return Setting(
        default,
        accepts=lambda url: not url or "{token}" in url,
        expects="empty, or an address with {token} in it",
    )


def _rate(default: str) -> Setting[str]:
    return Setting(default, accepts=is_rate, expects="a rate such as '10/15m'")


def _one_of(default: str, *others: str) -> Setting[str]:
    choices = (default, *others)
    expects = " or ".join(repr(choice) for choice in choices)
    return Setting(default, accepts=choices.__contains__, expects=expects)


class AuthSettings(AppSettings):
    """What a host project may tune in this app."""

    namespace = "STARTERKIT_AUTH"

    SIGNING_KEYS = Setting[list[str]]([])
    """Secrets that tokens are derived from, at least 32 bytes each.

    The first signs and all verify, so a new one in front logs nobody out. Empty means
    ``SECRET_KEY`` and ``SECRET_KEY_FALLBACKS``.
    """

    ACCESS_TOKEN_LIFETIME = _length_of_time(timedelta(minutes=10))
    """How long an access token works; keep it within 15 minutes."""

    IDLE_LIFETIME = _length_of_time(timedelta(days=30))
    """How long a session lasts without being used."""

    ABSOLUTE_LIFETIME = _length_of_time(timedelta(days=90))
    """How long a session lasts at most, however much it is used."""

    REFRESH_GRACE = _duration(timedelta(seconds=30))
    """How long a retired refresh token still gives the same successor."""

    TOUCH_INTERVAL = _length_of_time(timedelta(minutes=5))
    """How often at most a request writes down that its session was used."""

    MAX_SESSIONS = Setting(20, accepts=positive, expects="more than zero")
    """How many sessions a user may have; one more ends the oldest."""

    CLIENT_ADDRESS = _one_of("truncated", "full", "off")
    """What a session keeps of the network address; truncated is to /24 and /48."""

    COOKIE_SECURE = Setting(default=True)
    """Whether the cookie travels over HTTPS only; turn it off on your machine only."""

    COOKIE_DOMAIN = Setting("")
    """Domain that the cookie goes to; empty, the safest, is the API's host alone."""

    COOKIE_SAMESITE = _one_of("Lax", "Strict", "None")
    """Which requests of other sites carry the cookie; ``None`` needs HTTPS."""

    SIGN_IN_ACCOUNT_LIMIT = _rate("10/15m")
    """Attempts to sign in to one account; a success starts the count anew.

    Wrong passwords in a session count here too, and each session has as many.
    """

    SIGN_IN_NETWORK_LIMIT = _rate("100/15m")
    """Attempts to sign in from one network address (a /64 of IPv6)."""

    SIGN_IN_GLOBAL_LIMIT = _rate("10000/15m")
    """Attempts to sign in of everybody together."""

    STEP_UP_MAX_AGE = _length_of_time(timedelta(minutes=10))
    """How long ago a person may have proven who they are, where that is asked for."""

    EMAIL_VERIFICATION = _one_of("required", "off")
    """Whether an address must be proven before its first session."""

    REGISTRATION_MODE = _one_of("strict", "friendly")
    """``strict`` tells nobody which addresses have accounts.

    ``friendly`` answers ``email_taken``: kinder to people, and to whoever collects
    addresses.
    """

    PASSWORD_MIN_LENGTH = Setting(
        12, accepts=lambda length: length >= SHORTEST_PASSWORD, expects="8 or more"
    )
    """Shortest password, in characters; 15 where it is the only factor."""

    SECURITY_MAILS = Setting(
        NOTICES,
        accepts=NOTICES.issuperset,
        expects=f"some of {', '.join(sorted(NOTICES))}",
    )
    """What the owner of an account is told by mail; leave out what yours are not.

    ``new_device`` is a sign-in from a device the account was not used from before,
    ``token_replayed`` a refresh token that came back after it was retired.
    ``email_changed`` goes to the former address, with a way back.
    """

    BREACH_CHECK = Setting("")
    """Who is asked whether a password was in a breach; empty asks nobody.

    The path of a function or class that takes the password, such as
    ``starterkit_auth.services.pwned_passwords.PwnedPasswords``. It should answer within
    two seconds; when it fails, that is logged and the password passes.
    """

    BREACH_URL = Setting(
        "https://api.pwnedpasswords.com/range/",
        accepts=is_safe_source,
        expects="an address with https:// (or on this machine)",
    )
    """Where ``PwnedPasswords`` asks; five characters of a hash are put behind it."""

    CODE_LIFETIME = _length_of_time(timedelta(minutes=10))
    """How long the code in a mail works."""

    LINK_LIFETIME = _length_of_time(timedelta(hours=24))
    """How long the link in a mail works."""

    RESET_LINK_LIFETIME = Setting(
        timedelta(hours=1),
        accepts=lambda time: positive(time) and time <= LONGEST_RESET,
        expects="more than no time, at most a day",
    )
    """How long the link works that sets a new password."""

    CODE_TRIES = Setting(5, accepts=positive, expects="more than zero")
    """Wrong codes after which a code is dead."""

    REGISTRATION_NETWORK_LIMIT = _rate("30/1h")
    """Sign-ups from one network address."""

    REGISTRATION_GLOBAL_LIMIT = _rate("5000/1h")
    """Sign-ups of everybody together."""

    CONFIRMATION_NETWORK_LIMIT = _rate("60/15m")
    """Codes and links tried from one network address."""

    CONFIRMATION_ADDRESS_LIMIT = _rate("30/15m")
    """Codes tried for one address; links are not among them."""

    RESEND_COOLDOWN = _duration(timedelta(seconds=30))
    """How long after a mail with a code the same is not sent again."""

    RESEND_ADDRESS_LIMIT = _rate("5/1h")
    """Mails with a code to one address; each purpose is counted by itself."""

    RESEND_NETWORK_LIMIT = _rate("30/1h")
    """Mails with a code asked for from one network address."""

    RESEND_GLOBAL_LIMIT = _rate("5000/1h")
    """Mails with a code of everybody together; each purpose is counted by itself."""

    SESSION_RETENTION = _duration(timedelta(days=30))
    """How long a session is kept after its end; ``auth_purge`` removes it then."""

    CHALLENGE_RETENTION = _duration(timedelta(days=1))
    """How long code and link of a mail are kept after they have expired."""

    EVENT_RETENTION = _duration(timedelta(days=365))
    """How long the security log goes back."""

    FRONTEND_URL = Setting("")
    """Where your front end lives, such as ``https://app.example.com``."""

    CONFIRMATION_URL = _url("{frontend}/confirm?token={token}")
    """The link in a confirmation mail; the page there sends the token by POST.

    Without it, or without the ``FRONTEND_URL`` it speaks of, a mail has the code only.
    """

    EMAIL_CHANGE_LIMIT = _rate("5/1h")
    """Changes of the address that one account asks for."""

    EMAIL_REVERSAL_LIFETIME = _length_of_time(timedelta(days=7))
    """How long the link works that brings a former address back."""

    EMAIL_CHANGE_URL = _url("{frontend}/change-email?token={token}")
    """The link in a mail to a new address; as ``CONFIRMATION_URL``."""

    EMAIL_REVERSAL_URL = _url("{frontend}/undo-email-change?token={token}")
    """The link in a mail to a former address; without it the mail has the token."""

    RESET_URL = _url("{frontend}/reset-password?token={token}")
    """The link in a mail that sets a new password; as ``CONFIRMATION_URL``."""


conf = AuthSettings()


def signing_keys() -> tuple[str, ...]:
    """Return the key ring, the key that signs first."""
    django: list[str] = [settings.SECRET_KEY, *map(str, settings.SECRET_KEY_FALLBACKS)]
    return tuple(conf.SIGNING_KEYS or django)


def trusted_origins() -> list[str]:
    """Return the origins that may send unsafe requests with a cookie."""
    return list(settings.CSRF_TRUSTED_ORIGINS)


def debugging() -> bool:
    """Say whether this is somebody's own machine."""
    return bool(settings.DEBUG)


def user_model_name() -> str:
    """Return the user model of this project, as ``app.Model``."""
    return str(settings.AUTH_USER_MODEL)
