"""E-mail addresses: one form to compare them by."""

import re
import unicodedata

MAX_LENGTH = 254
"""The longest address that fits a mail's path (RFC 5321, section 4.5.3.1.3)."""

REFUSED = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
"""Unicode categories that have no place in an address.

Controls, invisible and bidirectional signs, surrogates; and signs that this Python's
Unicode does not know yet, because what they fold to may still change.
"""

QUOTED = re.compile(r'"(?:[^"\\]|\\.)+"')
ATOM = re.compile(r'[^\s"(),:;<>@\[\\\]]+')
HOST = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
)


def canonical_email(address: str) -> str:
    """Return the form in which two spellings of one address are equal.

    Compatibility signs and letter case are folded (Unicode, section 3.13, D146) and
    the domain is written in ASCII. Python's codec for that is IDNA 2003, as in Django's
    mail: ``straße.de`` becomes ``strasse.de``. The form of a form is itself.

    It is for looking up and for keeping unique, never for sending to: "K" may be the
    Kelvin sign, and then the person who typed it is not the owner of the mailbox. Mail
    goes to the address that is stored.

    Raises:
        ValueError: this is no address, or it hides what it is.
    """
    if len(address) > MAX_LENGTH:
        raise ValueError("The address is too long.")
    local, _, domain = _folded(address).rpartition("@")
    if not (ATOM.fullmatch(local) or QUOTED.fullmatch(local)):
        raise ValueError("The part before the @ is malformed.")
    canonical = f"{local}@{_ascii(domain)}"
    if len(canonical) > MAX_LENGTH:
        raise ValueError("The address is too long.")
    return canonical


def _folded(text: str) -> str:
    """Return ``text`` without differences that people do not see."""
    if text.isascii() and text.isprintable():
        return text.lower().strip()
    _refuse_hidden(text)  # before: what folds away must not pass either
    for _ in range(2):  # once is not enough for a few signs with marks below
        text = unicodedata.normalize("NFD", text).casefold()
        text = unicodedata.normalize("NFKC", text)
    _refuse_hidden(text)
    return text.strip()


def _refuse_hidden(text: str) -> None:
    if any(unicodedata.category(sign) in REFUSED for sign in text):
        raise ValueError("The address has a sign that nobody can see.")


def _ascii(domain: str) -> str:
    """Return ``domain`` as the domain name system knows it."""
    name = domain.encode("idna").decode("ascii")
    if not HOST.fullmatch(name):
        raise ValueError("The part after the @ is malformed.")
    return name
