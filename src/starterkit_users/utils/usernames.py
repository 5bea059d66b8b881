"""User names: which are allowed, and which look alike."""

import re

SHORTEST, LONGEST = 3, 30
"""Characters of a user name."""

FORM = re.compile(r"[A-Za-z0-9](?:[._-]?[A-Za-z0-9])*")
"""ASCII letters and digits, and single separators between them.

So no two names differ by letters of other scripts that look alike (cf. Unicode
Technical Standard 39, section 5: the restriction level "ASCII-Only").
"""

RESERVED = frozenset(
    [
        "about",
        "abuse",
        "account",
        "accounts",
        "admin",
        "administrator",
        "api",
        "app",
        "apps",
        "auth",
        "billing",
        "blog",
        "contact",
        "daemon",
        "dev",
        "docs",
        "email",
        "everyone",
        "faq",
        "ftp",
        "help",
        "home",
        "hostmaster",
        "imap",
        "info",
        "invitation",
        "legal",
        "localhost",
        "login",
        "logout",
        "mail",
        "mailer-daemon",
        "marketing",
        "me",
        "moderator",
        "news",
        "noc",
        "noreply",
        "no-reply",
        "null",
        "official",
        "operator",
        "owner",
        "password",
        "pop3",
        "postmaster",
        "privacy",
        "profile",
        "register",
        "registration",
        "root",
        "sales",
        "sales-team",
        "security",
        "settings",
        "signin",
        "signout",
        "signup",
        "smtp",
        "ssl",
        "staff",
        "status",
        "store",
        "superuser",
        "support",
        "sysadmin",
        "system",
        "team",
        "terms",
        "test",
        "undefined",
        "user",
        "username",
        "users",
        "webmaster",
        "www",
    ]
)
"""Names that a user could pass for the project with, or that URLs have (RFC 2142)."""

LOOKALIKES = (("rn", "m"), ("vv", "w"), ("0", "o"), ("1", "l"), ("i", "l"), ("5", "s"))
"""What looks alike in ASCII, in lower case: the second stands for both."""


def username_key(name: str) -> str:
    """Return what all names that look like ``name`` have in common.

    Upper and lower case, separators and characters that look alike do not count.

    Raises:
        ValueError: it is no user name.
    """
    if not FORM.fullmatch(name):
        raise ValueError("A user name has ASCII letters, digits and single separators.")
    return _skeleton(name)


def is_reserved(name: str, further: frozenset[str] = frozenset()) -> bool:
    """Return whether ``name`` looks like a reserved one, or one of ``further``."""
    skeleton = _skeleton(name)
    return any(skeleton == _skeleton(it) for it in RESERVED | further)


def _skeleton(name: str) -> str:
    text = re.sub("[._-]", "", name.lower())
    for seen, common in LOOKALIKES:
        text = text.replace(seen, common)
    return text
