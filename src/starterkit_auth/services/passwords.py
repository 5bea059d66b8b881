"""Checks new passwords, hashes them and sets them.

Passwords are used exactly as sent, in every service of this app: no Unicode
normalisation, no trimming, no change of case. Length is counted in code points. There
are no composition rules; refused are short and easily guessed passwords.
"""

import re
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from django.contrib.auth import get_user_model, hashers, password_validation
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from starterkit_auth.conf import conf
from starterkit_auth.services import breach_check, hashing
from starterkit_core.conf import conf as core_conf
from starterkit_core.errors import WeakPassword
from starterkit_core.ports import passwords as port
from starterkit_core.ports.passwords import put
from starterkit_core.utils.secrets import Secret

SHORTEST_WORD = 4
"""Shorter parts of an address or name are ignored: good passwords contain them too."""

TAIL = re.compile(r"[\W\d_]{1,4}\Z")
"""What users append to a common password to satisfy a composition rule."""

__all__ = ["check", "check_for", "encode", "is_hash_of", "is_set", "put", "register"]

Reasons = Mapping[str, str]
"""What is wrong with a password: stable codes, each with a translated sentence."""


def register() -> None:
    """Register these rules at core's ``passwords`` port, for the other modules."""
    port.register(sys.modules[__name__])


def check(
    password: str, *, email: str = "", user: AbstractBaseUser | None = None
) -> None:
    """Refuse a password that is short, common, or made of address and service name.

    ``email`` is the address of the account. The project's ``AUTH_PASSWORD_VALIDATORS``
    run too, and its ``BREACH_CHECK`` if there are no other reasons. The validators get
    ``user``; while it is not known, a new user with the address alone.

    Raises:
        WeakPassword: its fact ``reasons`` lists every code and sentence.
    """
    host = _reasons_of_host(password, user or _user_with(email))
    reasons = {**_reasons_of_ours(password, email), **host}
    if not reasons and breach_check.is_known(password):
        reasons = {"password_breached": _("This password was in a data breach.")}
    _refuse_if(reasons)


def check_for(user: AbstractBaseUser, password: str) -> None:
    """Run the project's validators again, now that the user is known.

    Raises:
        WeakPassword: as in ``check``.
    """
    _refuse_if(_reasons_of_host(password, user))


def is_hash_of(encoded: str, password: str) -> bool:
    """Return whether ``encoded`` is the hash of ``password``; it is not rehashed.

    Raises:
        Busy: too many passwords are being hashed.
    """
    with hashing.turn():
        return hashers.check_password(password, encoded)


def encode(password: str) -> str:
    """Return the slow, salted hash of ``password``.

    Raises:
        Busy: too many passwords are being hashed.
    """
    with hashing.turn():
        return hashers.make_password(password)


def is_set(user: AbstractBaseUser) -> bool:
    """Return whether ``user`` has a password here.

    Django takes an empty column, which some directories leave, for a usable password.
    """
    return bool(user.password) and user.has_usable_password()


def _reasons_of_ours(password: str, email: str) -> Reasons:
    folded = Secret(password.casefold())
    reasons = {}
    if len(password) < conf.PASSWORD_MIN_LENGTH:
        reasons["password_too_short"] = _too_short(conf.PASSWORD_MIN_LENGTH)
    if _is_common(folded):
        reasons["password_too_common"] = _("This password is too common.")
    if _is_made_of(folded, _context_words(email)):
        reasons["password_too_similar"] = _(
            "This password is too close to your address or to the name of this service."
        )
    return reasons


def _refuse_if(reasons: Reasons) -> None:
    if reasons:
        raise WeakPassword.of(reasons)


def _reasons_of_host(password: str, user: Any) -> Reasons:
    try:
        password_validation.validate_password(password, user)
    except ValidationError as error:
        return {
            inner.code or "password_refused": " ".join(inner.messages)
            for inner in error.error_list
        }
    return {}


def _user_with(email: str) -> AbstractBaseUser:
    """Return a new user with the address, not saved."""
    user: AbstractBaseUser = get_user_model()()
    if email:
        setattr(user, user.get_email_field_name(), email)
    return user


def _too_short(length: int) -> str:
    return ngettext(
        "Use at least %(length)d character.",
        "Use at least %(length)d characters.",
        length,
    ) % {"length": length}


def _is_common(folded: str) -> bool:
    """Return whether this is one or two common passwords, with or without a short tail.

    Few entries of the list have twelve characters. To reach that length, users write
    one twice, combine two, or append some digits.
    """
    texts = {folded, Secret(TAIL.sub("", folded))}
    return any(_is_one_or_two(text) for text in texts)


def _is_one_or_two(text: str) -> bool:
    common = _common_passwords()
    return text in common or any(
        text[:split] in common and text[split:] in common
        for split in range(SHORTEST_WORD, len(text) - SHORTEST_WORD + 1)
    )


def _is_made_of(folded: str, words: set[str]) -> bool:
    """Return whether all letters of a password belong to ``words``."""
    letters = rest = _letters(folded)
    for word in sorted(words, key=len, reverse=True):
        rest = rest.replace(word, "")
    return bool(letters) and not rest


def _context_words(email: str) -> set[str]:
    return {
        word
        for text in (email, core_conf.SITE_NAME)
        for word in _words(text.casefold())
        if len(word) >= SHORTEST_WORD
    }


def _words(text: str) -> Iterator[str]:
    """Yield ``text`` and its parts, each reduced to its letters."""
    yield _letters(text)
    for part in text.split("@"):
        yield _letters(part)
    yield from map(_letters, re.split(r"[\W\d_]+", text))


def _letters(text: str) -> str:
    return "".join(filter(str.isalpha, text))


@cache
def _common_passwords() -> frozenset[str]:
    """Return Django's list of 20 000 common passwords, shipped with Django."""
    return frozenset(password_validation.CommonPasswordValidator().passwords)
