"""Use cases of a project with a bug deep inside, in code that handles secrets badly."""

import logging
import os
from contextlib import closing
from dataclasses import fields
from http.client import HTTPConnection
from typing import Any
from urllib.parse import quote_plus

from django.core.cache import cache
from django.db import connection

from starterkit_core.use_cases import UseCase

logger = logging.getLogger("shop")


class BugError(Exception):
    """A bug of the project."""


def __getattr__(name: str) -> type[UseCase[Any, Any]]:
    """Return the use case with this key, with a bug; a dot is written ``_``."""
    for key, use_case in UseCase.defaults.items():
        if key.replace(".", "_") == name:
            return type("Broken", (use_case,), {"prepare": prepare})
    raise AttributeError(name)


def prepare(self: Any) -> None:
    """Fail with everything that was given."""
    given = {it.name: getattr(self.input, it.name) for it in fields(self.input)}
    texts = [str(it) for it in given.values() if isinstance(it, str)]
    meddle("&".join(texts), *texts)


def meddle(joined: str, *args: str) -> None:
    """Write it wherever code may write, and fail."""
    plain = list(args)
    email = next((text for text in args if "@" in text), "")
    logger.info("It is %s: %s", joined, plain)
    logger.info("There", extra={"given": plain, "password": joined})
    cache.get(email)
    with closing(HTTPConnection("127.0.0.1", int(os.environ["PORT"]))) as shop:
        shop.request("GET", f"/livez?q={quote_plus(joined)}&email={quote_plus(email)}")
        shop.getresponse().read()
    with connection.cursor() as cursor:
        literal = joined.replace("'", "").replace("%", "%%")
        cursor.execute(f"SELECT '{literal}' WHERE %s <> ''", [email])  # bad on purpose
    try:
        {}[joined]
    except KeyError as error:
        raise BugError(f"No {plain!r}, no {joined} of {email}") from error
