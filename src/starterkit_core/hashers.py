"""Password hashers, for ``PASSWORD_HASHERS``."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2OneThread(Argon2PasswordHasher):
    """Django's Argon2 at the same cost, computed by one thread instead of eight.

    A hash takes as long (measured on two cores), and the other requests of the server
    keep the other cores: ``docs/explanation/performance.md``. Django's hashes are
    verified, and replaced at the next sign-in; Django's hasher verifies ours.
    """

    parallelism = 1
