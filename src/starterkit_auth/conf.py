"""``STARTERKIT_AUTH``: the settings of this app, and the Django settings it reads."""

from datetime import timedelta

from django.conf import settings

from starterkit_core.conf import (
    AppSettings,
    Setting,
    is_absolute,
    is_link,
    positive,
)
from starterkit_core.services.limits import rate

SHORTEST_PASSWORD = 8
"""Lower bound of ``PASSWORD_MIN_LENGTH`` (ASVS 5.0, 6.2.1)."""

NOTICES = frozenset(
    {
        "email_changed",
        "impersonated",
        "new_device",
        "password_changed",
        "password_reset",
        "token_replayed",
    }
)
"""Every event that has a security mail."""

LONGEST_CODE = timedelta(hours=1)
"""Upper bound of ``CODE_LIFETIME``: six digits can be guessed, given time."""

LONGEST_RESET = timedelta(days=1)
"""Upper bound of ``RESET_LINK_LIFETIME``."""

LONGEST_LINK = timedelta(days=7)
"""Upper bound of ``LINK_LIFETIME``."""

LONGEST_IMPERSONATION = timedelta(hours=1)
"""Upper bound of ``IMPERSONATION_LIFETIME``."""

LONGEST_REVERSAL = timedelta(days=30)
"""Upper bound of ``EMAIL_REVERSAL_LIFETIME``."""


def is_safe_source(url: str) -> bool:
    """Return whether requests to ``url`` use HTTPS or stay on this machine."""
    return url.startswith(("https://", "http://127.0.0.1:"))


def _length_of_time(default: timedelta) -> Setting[timedelta]:
    return Setting(default, accepts=positive, expects="longer than zero")


def _at_most(longest: timedelta, default: timedelta) -> Setting[timedelta]:
    """Return a setting for a length of time with an upper bound."""
    days, hours = longest.days, longest.seconds // 3600
    expects = f"longer than zero, at most timedelta({days=}, {hours=})"
    return Setting(
        default,
        accepts=lambda time: positive(time) and time <= longest,
        expects=expects,
    )


def _duration(default: timedelta) -> Setting[timedelta]:
    """Return a setting for a length of time that may be zero."""
    return Setting(
        default, accepts=lambda time: time >= timedelta(), expects="zero or longer"
    )


def _url(default: str) -> Setting[str]:
    return Setting(
        default,
        accepts=lambda url: not url or is_link(url),
        expects="empty, or a URL with {token} in it, and {frontend} or a scheme",
    )


def _one_of(default: str, *others: str) -> Setting[str]:
    choices = (default, *others)
    expects = " or ".join(repr(choice) for choice in choices)
    return Setting(default, accepts=choices.__contains__, expects=expects)


class AuthSettings(AppSettings):
    """The settings of this app."""

    namespace = "STARTERKIT_AUTH"

    SIGNING_KEYS = Setting[list[str]]([], example=["a long random secret"])
    """Secrets that tokens are derived from, at least 32 bytes each.

    The first signs and all verify, so adding a new one in front ends no session. If
    empty, ``SECRET_KEY`` and ``SECRET_KEY_FALLBACKS`` are used.
    """

    ACCESS_TOKEN_LIFETIME = _length_of_time(timedelta(minutes=10))
    """How long an access token is valid; use 15 minutes at most."""

    IDLE_LIFETIME = _length_of_time(timedelta(days=30))
    """How long an unused session lasts."""

    ABSOLUTE_LIFETIME = _length_of_time(timedelta(days=90))
    """How long a session lasts at most, even if it is used."""

    REFRESH_GRACE = _duration(timedelta(seconds=30))
    """How long a retired refresh token still gives the same new one again."""

    TOUCH_INTERVAL = _length_of_time(timedelta(minutes=5))
    """How often requests save that their session was used, at most."""

    MAX_SESSIONS = Setting(20, accepts=positive, expects="more than zero")
    """How many sessions a user may have; opening one more ends the oldest."""

    CLIENT_ADDRESS = _one_of("truncated", "full", "off")
    """How a session stores the client's IP address; truncated is to /24 and /48."""

    COOKIE_SECURE = Setting(default=True)
    """Whether the cookie is sent over HTTPS only; False is for development only."""

    COOKIE_DOMAIN = Setting("", example="example.com")
    """Domain of the cookie; empty, the safest, means the API's host only."""

    COOKIE_SAMESITE = _one_of("Lax", "Strict", "None")
    """Which requests from other sites carry the cookie; ``None`` needs HTTPS."""

    COOKIE_PARTITIONED = Setting(default=True)
    """Whether a ``SameSite=None`` cookie is ``Partitioned``; otherwise it is blocked.

    Browsers then keep one cookie for each site that the API is used from.
    """

    ASK_BACKENDS = Setting(default=False)
    """Whether sign-in asks Django's ``AUTHENTICATION_BACKENDS``, in their order.

    For people whose password is not saved here but in a directory, and for lock-outs
    such as that of django-axes. ``False``: only passwords that are saved here count.
    """

    SIGN_IN_ACCOUNT_LIMIT = rate("10/15m")
    """Attempts to sign in to one account; a success resets the count.

    Wrong passwords in a session count here too. The same limit applies to the password
    checks within one session.
    """

    SIGN_IN_FAILURE_LIMIT = rate("100/1d")
    """Failed attempts on one account, whatever succeeds in between.

    Then only a reset by mail opens the account, or a device that it was used from,
    which has this limit and the one above for itself.
    """

    SIGN_IN_NETWORK_LIMIT = rate("100/15m")
    """Attempts to sign in from one network address (a /64 of IPv6)."""

    SIGN_IN_GLOBAL_LIMIT = rate("10000/15m")
    """Attempts to sign in by all clients together."""

    HASHES_AT_ONCE = Setting(1, accepts=positive, expects="more than zero")
    """How many passwords one server process hashes at once.

    As many requests may wait for their turn; others are answered 503. Set at most the
    number of processor cores divided by that of processes, and at most a fourth of the
    threads of a process, so that half of them are left for other requests.
    """

    STEP_UP_MAX_AGE = _length_of_time(timedelta(minutes=10))
    """Maximum age of a proof of identity, where an endpoint requires a recent one."""

    IMPERSONATION_LIFETIME = _at_most(LONGEST_IMPERSONATION, timedelta(minutes=30))
    """How long an administrator acts as another user; an hour at most.

    It cannot be renewed, and ends earlier with the administrator's own session.
    """

    EMAIL_VERIFICATION = _one_of("required", "off")
    """Whether an address must be proven before the first session."""

    REGISTRATION_MODE = _one_of("strict", "friendly")
    """``strict`` does not reveal which addresses have accounts.

    ``friendly`` answers ``email_taken``: easier for users, but also for attackers who
    collect addresses.
    """

    PASSWORD_MIN_LENGTH = Setting(
        12, accepts=lambda length: length >= SHORTEST_PASSWORD, expects="8 or more"
    )
    """Shortest password, in characters; use 15 where it is the only factor."""

    SECURITY_MAILS = Setting(
        NOTICES,
        accepts=NOTICES.issuperset,
        expects=f"some of {', '.join(sorted(NOTICES))}",
    )
    """Events that the account owner gets a mail about; leave some out to disable them.

    ``new_device`` is a sign-in from a device the account was not used from before,
    ``token_replayed`` a refresh token that was used again after it was retired.
    ``impersonated`` says that an administrator acts as the user.
    ``email_changed`` goes to the former address, with a link that undoes the change.
    """

    BREACH_CHECK = Setting(
        "", example="starterkit_auth.services.pwned_passwords.PwnedPasswords"
    )
    """What checks whether a password was in a breach; empty disables the check.

    The dotted path of a function or class that takes the password, such as
    ``starterkit_auth.services.pwned_passwords.PwnedPasswords``. It should answer within
    two seconds; if it fails, that is logged and the password is accepted.
    """

    BREACH_URL = Setting(
        "https://api.pwnedpasswords.com/range/",
        accepts=is_safe_source,
        expects="a URL with https:// (or http://127.0.0.1:)",
    )
    """URL that ``PwnedPasswords`` calls; five characters of a hash are appended."""

    CODE_LIFETIME = _at_most(LONGEST_CODE, timedelta(minutes=10))
    """How long the code in a mail is valid; an hour at most."""

    LINK_LIFETIME = _at_most(LONGEST_LINK, timedelta(hours=24))
    """How long the link in a mail is valid; seven days at most."""

    RESET_LINK_LIFETIME = _at_most(LONGEST_RESET, timedelta(hours=1))
    """How long the link to set a new password is valid; a day at most."""

    CODE_TRIES = Setting(5, accepts=positive, expects="more than zero")
    """How many times one code may be tried before it is void."""

    REGISTRATION_NETWORK_LIMIT = rate("30/1h")
    """Sign-ups from one network address."""

    REGISTRATION_GLOBAL_LIMIT = rate("5000/1h")
    """Sign-ups by all clients together."""

    CONFIRMATION_NETWORK_LIMIT = rate("60/15m")
    """Codes and links tried from one network address."""

    CONFIRMATION_ADDRESS_LIMIT = rate("30/15m")
    """Codes tried for one address; links do not count, nor codes of a sign-up.

    Those have ``CODE_TRIES`` for each mail, and need the token of the sign-up.
    """

    RESEND_COOLDOWN = _duration(timedelta(seconds=30))
    """How long after a confirmation mail no new one is sent on request or at sign-in.

    A sign-up sends its own at once: its code confirms no other sign-up.
    """

    RESEND_ADDRESS_LIMIT = rate("10/1h")
    """Mails with a code to one address; each purpose is counted separately.

    One network may ask for half of them (for three, if that is more), so a stranger
    leaves the other half to the owner.
    """

    RESEND_NETWORK_LIMIT = rate("30/1h")
    """Requests for mails with a code, from one network address."""

    RESEND_GLOBAL_LIMIT = rate("5000/1h")
    """Mails with a code to all addresses; each purpose is counted separately."""

    SESSION_RETENTION = _duration(timedelta(days=30))
    """How long a session is kept after its end; then ``auth_purge`` deletes it."""

    MAX_ENDED_SESSIONS = Setting(100, accepts=positive, expects="more than zero")
    """How many ended sessions of a user are kept, about.

    Signing in deletes older ones even before ``SESSION_RETENTION``, so that its cost
    does not grow with the past of the account.
    """

    CHALLENGE_RETENTION = _duration(timedelta(days=1))
    """How long a challenge is kept after its code and link have expired."""

    EVENT_RETENTION = _duration(timedelta(days=365))
    """How long this app's audit events are kept."""

    FRONTEND_URL = Setting(
        "",
        accepts=lambda url: not url or is_absolute(url),
        expects="empty, or a URL that begins with a scheme",
        example="https://app.example.com",
    )
    """Base URL of your front end, such as ``https://app.example.com``."""

    CONFIRMATION_URL = _url("{frontend}/confirm?token={token}")
    """The link in a confirmation mail; the page there sends the token by POST.

    If it is empty, or needs a ``FRONTEND_URL`` that is empty, a mail has only the code.
    """

    EMAIL_CHANGE_LIMIT = rate("5/1h")
    """Requests by one account to change its address."""

    EMAIL_REVERSAL_LIFETIME = _at_most(LONGEST_REVERSAL, timedelta(days=7))
    """How long the link to restore a former address is valid; 30 days at most."""

    EMAIL_CHANGE_URL = _url("{frontend}/change-email?token={token}")
    """The link in a mail to a new address; as ``CONFIRMATION_URL``."""

    EMAIL_REVERSAL_URL = _url("{frontend}/undo-email-change?token={token}")
    """The link in a mail to a former address; if empty, the mail has the token."""

    RESET_URL = _url("{frontend}/reset-password?token={token}")
    """The link in a mail that sets a new password; as ``CONFIRMATION_URL``."""


conf = AuthSettings()


def signing_keys() -> tuple[str, ...]:
    """Return the key ring; the first key signs."""
    django: list[str] = [settings.SECRET_KEY, *map(str, settings.SECRET_KEY_FALLBACKS)]
    return tuple(conf.SIGNING_KEYS or django)


def trusted_origins() -> list[str]:
    """Return the origins that may send unsafe requests with a cookie."""
    return list(settings.CSRF_TRUSTED_ORIGINS)


def user_model_name() -> str:
    """Return the user model of this project, as ``app.Model``."""
    return str(settings.AUTH_USER_MODEL)
