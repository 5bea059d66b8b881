"""What the project depends on, when it is down."""

from typing import Any, NoReturn

from django.core.cache.backends.locmem import LocMemCache
from django.core.mail.backends.base import BaseEmailBackend


class NoMail(BaseEmailBackend):
    """A mail server that refuses."""

    def send_messages(self, email_messages: Any) -> NoReturn:
        raise ConnectionRefusedError("The mail server is down.")


class NoCache(LocMemCache):
    """A cache that cannot be reached."""

    def _down(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise ConnectionError("The cache is down.")

    add = get = set = incr = delete = touch = get_many = delete_many = _down
