"""A source of breached passwords, for ``BREACH_CHECK``: haveibeenpwned.com.

All contact with it is in this file, which is imported where the project names it.
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
"""Characters of the hash that leave; about a thousand passwords share them."""

SILENCE = 1.0
"""Seconds in which the service may say nothing."""

DEADLINE = 1.5
"""Seconds after which nobody waits for it, whatever takes so long."""

LARGEST = 256 * 1024
"""Longest answer that is read, in bytes; real ones have a quarter of it."""


class PwnedPasswords:
    """Asks haveibeenpwned.com, or its mirror at ``BREACH_URL``, telling little.

    Five characters of the SHA-1 go out, and the endings of all that begin so come back
    (the range API, k-anonymity). Padding hides how many those are.
    """

    def __call__(self, password: str) -> bool:
        """Say whether ``password`` was in a breach.

        Raises:
            OSError: the service cannot be reached, or does not answer in time.
            ValueError: the address is not safe to ask, or the answer is too long.
        """
        if not is_safe_source(conf.BREACH_URL):
            raise ValueError("BREACH_URL is not safe to ask.")
        secret = password.encode(errors="surrogatepass")
        digest = hashlib.sha1(secret, usedforsecurity=False).hexdigest().upper()
        url = conf.BREACH_URL + digest[:PREFIX]
        answer = _within(DEADLINE, lambda: _fetch(url))
        return any(_names(line, digest[PREFIX:]) for line in answer.splitlines())


class _NoRedirects(HTTPRedirectHandler):
    """Goes where it was told to, and nowhere else."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


def _fetch(url: str) -> str:
    """Return a short text; certificates are verified, as urllib does by itself."""
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


def _names(line: str, ending: str) -> bool:
    """Say whether a line such as ``0018A45C4D1DEF81644B54AB7F969B88D65:10`` counts.

    Lines that only pad the answer say that they were seen zero times.
    """
    found, _, times = line.partition(":")
    return found.upper() == ending and times.strip() not in {"", "0"}


def _within(seconds: float, work: Callable[[], T]) -> T:
    """Return what ``work`` does, in a thread that can be left to itself.

    The timeout of a socket starts anew with each byte, and a name server has none.

    Raises:
        TimeoutError: it takes longer; it goes on, and nobody hears of it.
    """
    future: Future[T] = Future()
    Thread(target=_fulfil, args=(future, work), daemon=True).start()
    return future.result(timeout=seconds)


def _fulfil(future: Future[T], work: Callable[[], T]) -> None:
    try:
        future.set_result(work())
    except Exception as error:  # noqa: BLE001  # it is raised where the result is wanted
        future.set_exception(error)
