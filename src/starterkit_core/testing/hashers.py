"""Password hashers for tests."""

from typing import Any, ClassVar

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class CountingHasher(PBKDF2PasswordHasher):
    """A real hasher, quick enough for tests, that counts what it computes."""

    iterations = 2
    computed: ClassVar[list[str]] = []
    """Every password that was hashed, to save or to compare."""

    def encode(self, password: str, *args: Any, **kwargs: Any) -> str:
        """Hash the password, and remember that it was."""
        self.computed.append(password)
        return super().encode(password, *args, **kwargs)
