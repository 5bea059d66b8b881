"""A source of breached passwords, for ``BREACH_CHECK``: haveibeenpwned.com.

Only this file contacts the service, and only projects that name it import it.
"""

import hashlib
from collections.abc import Callable
from concurrent.futures import Future
from http.client import HTTPResponse
from threading import Thread
from typing import Any, TypeVar
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from starterkit_auth.conf import conf, is_safe_source

T = TypeVar("T")

PREFIX = 5
"""Characters of the hash that are sent; about a thousand passwords share them."""

SILENCE = 1.0
"""Socket timeout in seconds."""

DEADLINE = 1.5
"""Seconds after which the whole check is given up."""

LARGEST = 256 * 1024
"""Longest response that is read, in bytes; real ones have a quarter of it."""


class PwnedPasswords:
    """Asks haveibeenpwned.com, or a mirror at ``BREACH_URL``, about a password.

    It sends five characters of the SHA-1 and gets the rest of all known hashes that
    begin so (range API, k-anonymity). Padding hides how many there are.
    """

    def __call__(self, password: str) -> bool:
        """Return whether ``password`` was in a breach.

        Raises:
            OSError: the service cannot be reached, or does not respond in time.
            ValueError: ``BREACH_URL`` is not safe, or the response is too long.
        """
        if not is_safe_source(conf.BREACH_URL):
            raise ValueError("BREACH_URL is not safe to ask.")
        secret = password.encode(errors="surrogatepass")
        digest = hashlib.sha1(secret, usedforsecurity=False).hexdigest().upper()
        url = conf.BREACH_URL + digest[:PREFIX]
        answer = _within(DEADLINE, lambda: _fetch(url))
        return any(_matches(line, digest[PREFIX:]) for line in answer.splitlines())


class _NoRedirects(HTTPRedirectHandler):
    """Follows no redirects."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


def _fetch(url: str) -> str:
    """Return the response as text; urllib verifies certificates by default."""
    headers = {"User-Agent": "starterkit-auth", "Add-Padding": "true"}
    request = Request(url, headers=headers)  # noqa: S310  # HTTPS, see above
    try:
        with build_opener(_NoRedirects).open(request, timeout=SILENCE) as response:
            return _text_of(response)
    except HTTPError as refusal:
        refusal.close()
        raise


def _text_of(response: HTTPResponse) -> str:
    content = response.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise ValueError("The answer is too long.")
    return content.decode("ascii", errors="replace")


def _matches(line: str, ending: str) -> bool:
    """Return whether a line such as ``0018A45C4D1DEF81644B54AB7F969B88D65:10`` matches.

    Padding lines have a count of zero.
    """
    suffix, _, count = line.partition(":")
    return suffix.upper() == ending and count.strip() not in {"", "0"}


def _within(seconds: float, work: Callable[[], T]) -> T:
    """Return the result of ``work``, which runs in a daemon thread.

    A socket timeout is not enough: it restarts with each byte, and DNS has none.

    Raises:
        TimeoutError: it takes longer; the thread goes on, its result is dropped.
    """
    future: Future[T] = Future()
    Thread(target=_set_result, args=(future, work), daemon=True).start()
    return future.result(timeout=seconds)


def _set_result(future: Future[T], work: Callable[[], T]) -> None:
    try:
        future.set_result(work())
    except Exception as error:  # noqa: BLE001  # future.result() raises it
        future.set_exception(error)
