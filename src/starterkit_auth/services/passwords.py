"""Whether a password is good enough to be set.

It is taken exactly as sent, in every service of this app: no Unicode normalisation,
no trimming, no change of case. Its length is counted in code points. There are no
rules of composition; what is refused is what is short or easily guessed.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache

from django.contrib.auth import get_user_model, hashers, password_validation
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from starterkit_auth.conf import conf
from starterkit_auth.errors import WeakPassword
from starterkit_auth.services import breach_check
from starterkit_core.conf import conf as core_conf

MAX_LENGTH = 256
"""Longest accepted password, in code points; the cost of hashing is bounded by it."""

SHORTEST_WORD = 4
"""Shorter parts of an address or a name stand in too many good passwords."""

TAIL = re.compile(r"[\W\d_]{1,4}\Z")
"""What people put behind a common password to get it past a rule."""

Reasons = Mapping[str, str]
"""What is wrong with a password: stable codes, each with a sentence for people."""


def check(password: str, *, email: str = "") -> None:
    """Refuse a password that is short, common, or made of what everybody knows.

    ``email`` is the address of the account. The project's own
    ``AUTH_PASSWORD_VALIDATORS`` are asked too, and then, about what is good so far, its
    ``BREACH_CHECK``.

    Raises:
        WeakPassword: its fact ``reasons`` lists every code and sentence.
    """
    reasons = {**_reasons_of_ours(password, email), **_reasons_of_host(password, email)}
    if not reasons and breach_check.is_known(password):
        reasons = {"password_breached": _("This password was in a data breach.")}
    if reasons:
        listed = [{"code": code, "detail": text} for code, text in reasons.items()]
        raise WeakPassword(facts={"reasons": listed})


def put(user: AbstractBaseUser, password: str, encoded: str) -> None:
    """Give ``user``, which is saved afterwards, a password that is hashed already.

    Validators that remember passwords are told when the user is saved, as after
    ``set_password()``.
    """
    user.password = encoded
    # What set_password() does, for save() to find.
    user._password = password  # type: ignore[attr-defined]  # noqa: SLF001  # as above


def encode(password: str) -> str:
    """Return the slow, salted hash of ``password``."""
    return hashers.make_password(password)


def is_outdated(encoded: str) -> bool:
    """Say whether ``encode`` makes other hashes now, so that Django renews this one."""
    try:
        hasher = hashers.identify_hasher(encoded)
    except ValueError:  # no usable password
        return False
    preferred = hashers.get_hasher()
    same = hasher.algorithm == preferred.algorithm
    return not same or preferred.must_update(encoded)


def _reasons_of_ours(password: str, email: str) -> Reasons:
    folded = password.casefold()
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


def _reasons_of_host(password: str, email: str) -> Reasons:
    model = get_user_model()
    user = model()
    if email:
        setattr(user, model.get_email_field_name(), email)
    try:
        password_validation.validate_password(password, user)
    except ValidationError as error:
        return {
            inner.code or "password_refused": " ".join(inner.messages)
            for inner in error.error_list
        }
    return {}


def _too_short(length: int) -> str:
    return ngettext(
        "Use at least %(length)d character.",
        "Use at least %(length)d characters.",
        length,
    ) % {"length": length}


def _is_common(folded: str) -> bool:
    """Say whether this is a common password, or two of them, with a short tail or not.

    Few entries of the list are twelve characters long. What people do to get there is
    to write one twice, to put two together, or to add some digits.
    """
    return any(_is_one_or_two(text) for text in {folded, TAIL.sub("", folded)})


def _is_one_or_two(text: str) -> bool:
    common = _common_passwords()
    return text in common or any(
        text[:split] in common and text[split:] in common
        for split in range(SHORTEST_WORD, len(text) - SHORTEST_WORD + 1)
    )


def _is_made_of(folded: str, words: set[str]) -> bool:
    """Say whether nothing but ``words`` is left of the letters of a password."""
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
    """Yield ``text`` and its parts, each by its letters alone."""
    yield _letters(text)
    for part in text.split("@"):
        yield _letters(part)
    yield from map(_letters, re.split(r"[\W\d_]+", text))


def _letters(text: str) -> str:
    return "".join(filter(str.isalpha, text))


@cache
def _common_passwords() -> frozenset[str]:
    """Return Django's list of 20 000, which needs no network."""
    return frozenset(password_validation.CommonPasswordValidator().passwords)
