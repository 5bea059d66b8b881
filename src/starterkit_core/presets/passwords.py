"""``PASSWORD_HASHERS``."""

from importlib.util import find_spec

DJANGO = "django.contrib.auth.hashers"

SLOW = [
    f"{DJANGO}.PBKDF2PasswordHasher",
    f"{DJANGO}.PBKDF2SHA1PasswordHasher",
    f"{DJANGO}.ScryptPasswordHasher",
    f"{DJANGO}.BCryptSHA256PasswordHasher",
]
"""Those by which Django has hashed passwords; each hash names its own."""


def password_hashers() -> list[str]:
    """Return ``PASSWORD_HASHERS``: Argon2 if argon2-cffi is installed, else PBKDF2.

    The first hashes new passwords. The others verify what a project has, and each such
    password is hashed anew at the next sign-in.
    """
    if not find_spec("argon2"):
        return list(SLOW)
    return ["starterkit_core.hashers.Argon2OneThread", *SLOW]
