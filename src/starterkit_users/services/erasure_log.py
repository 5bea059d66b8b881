"""The erasure log: pseudonyms of the accounts that were erased, and when.

A backup from before an erasure has the data again. A host that restores it replays
the log, which has to be kept elsewhere: ``users_erasure_log`` writes it out, and each
line is logged as well.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_core.db.databases import accounts_database, after_commit
from starterkit_core.utils.moments import as_utc, iso
from starterkit_core.utils.pseudonyms import possible_pseudonyms, pseudonym
from starterkit_users.models import ErasedAccount, Erasure
from starterkit_users.services import user_rows
from starterkit_users.services.account_fields import account_fields

logger = logging.getLogger("starterkit.erasures")

PURPOSE = "starterkit_users.erasure_log"

PSEUDONYM = 64
"""The length of a pseudonym."""

Erased = Mapping[str, datetime]
"""When the account of each pseudonym was erased."""


def note(user: AbstractBaseUser) -> None:
    """Save that ``user`` is erased, unless that is known; not for a copy elsewhere."""
    if user._state.db != accounts_database():  # noqa: SLF001  # Django documents it
        return
    rows = ErasedAccount.objects
    line, is_new = rows.get_or_create(pseudonym=pseudonym(user, PURPOSE))
    if is_new:
        after_commit(lambda: _log(line))


def lines() -> Iterator[str]:
    """Yield each line of the log, oldest first: a pseudonym and a moment."""
    for line in ErasedAccount.objects.order_by("pk").iterator():
        yield f"{line.pseudonym} {iso(line.created_at)}"


def read(file: Iterable[str]) -> Erased:
    """Return what the lines of the log say.

    Raises:
        ValueError: a line is none of the log.
    """
    return dict(_parsed(line) for line in file if line.strip())


def brought_back(erased: Erased) -> Iterator[Any]:
    """Yield each account that the log names, and that is not erased here.

    A database that counts ids may have given the id of an erased account to another
    one since: an account that was made after the erasure is none that came back.
    """
    created = account_fields().get("created_at")
    for user in user_rows.all_users().order_by("pk").iterator():
        names = possible_pseudonyms(user.pk, PURPOSE)
        moment = next((erased[name] for name in names if name in erased), None)
        if moment is None or _is_erased(user):
            continue
        if created is None or as_utc(getattr(user, created.attname)) <= moment:
            yield user


def _parsed(line: str) -> tuple[str, datetime]:
    name, _, moment = line.strip().partition(" ")
    if len(name) != PSEUDONYM or not moment:
        raise ValueError(line.strip()[:PSEUDONYM])
    return name, datetime.fromisoformat(moment)


def _is_erased(user: Any) -> bool:
    done = Erasure.objects.filter(account_id=str(user.pk), state=Erasure.State.DONE)
    return not user.has_usable_password() and not user.is_active and done.exists()


def _log(line: ErasedAccount) -> None:
    logger.info(
        "An account was erased",
        extra={"pseudonym": line.pseudonym, "erased_at": iso(line.created_at)},
    )
