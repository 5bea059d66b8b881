"""E-mail addresses: their canonical spelling.

Comparisons and lookups go by ``starterkit_core.addresses.canonical_email``, which also
knows the rule of the project.
"""

import re
import unicodedata

MAX_LENGTH = 254
"""The longest address that fits a mail's path (RFC 5321, section 4.5.3.1.3)."""

REFUSED = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
"""Unicode categories that are refused in an address.

Controls, invisible and bidirectional characters, private use and surrogates; and
unassigned characters, because a later Unicode version may fold them.
"""

DOTLESS_I = "\u0131"
DOT_ABOVE = "\u0307"
I_WITH_MARKS = re.compile("i[\u0300-\u036f]+")

ENCODED = "xn--"
"""Prefix of a label of a domain that is not ASCII."""

QUOTED = re.compile(r'"(?:[^"\\]|\\.)+"')
ATOM = re.compile(r'[^\s"(),:;<>@\[\\\]]+')
HOST = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
)


def canonical_spelling(address: str) -> str:
    """Return an address in the form that all its spellings share.

    Compatibility characters and letter case are folded (Unicode, section 3.13, D146),
    and so are the dotless and the dotted i of Turkish, which are both an i in the other
    case. Quotes that the part before the @ does not need are left out.

    The domain is encoded in ASCII. Python's codec for that is IDNA 2003, as in Django's
    mail: ``straße.de`` becomes ``strasse.de``. The function is idempotent.

    No rule of the project changes it, so secrets may be bound to it. It is never a
    recipient: "K" may be the Kelvin sign, and then the user who typed it is not the
    owner of the mailbox. Mail goes to the address that is stored.

    Raises:
        ValueError: the address is malformed, too long, or has invisible characters.
    """
    if len(address) > MAX_LENGTH:
        raise ValueError("The address is too long.")
    local, _, domain = _folded(address).rpartition("@")
    canonical = f"{_unquoted(local)}@{_ascii(domain)}"
    if len(canonical) > MAX_LENGTH:
        raise ValueError("The address is too long.")
    return canonical


def _folded(text: str) -> str:
    """Return ``text`` with letter case and compatibility characters folded."""
    if text.isascii() and text.isprintable():
        return text.lower().strip()
    _refuse_hidden(text)  # here too, because folding removes some of them
    for _ in range(2):  # once is not enough for a few characters with marks below
        text = _plain_i(unicodedata.normalize("NFD", text).casefold())
        text = unicodedata.normalize("NFKC", text)
    _refuse_hidden(text)
    return text.strip()


def _plain_i(decomposed: str) -> str:
    """Return ``decomposed`` with i for the letters that have I in the other case."""
    text = decomposed.replace(DOTLESS_I, "i")
    return I_WITH_MARKS.sub(lambda found: found[0].replace(DOT_ABOVE, ""), text)


def _unquoted(local: str) -> str:
    """Return the part before the @ with no more quotes than it needs (RFC 5321, 4.1.2).

    Raises:
        ValueError: it is malformed.
    """
    if ATOM.fullmatch(local):
        return local
    if not QUOTED.fullmatch(local):
        raise ValueError("The part before the @ is malformed.")
    content = re.sub(r"\\(.)", r"\1", local[1:-1])
    if ATOM.fullmatch(content):
        return content
    return '"' + re.sub(r'(["\\])', r"\\\1", content) + '"'


def _refuse_hidden(text: str) -> None:
    if any(unicodedata.category(char) in REFUSED for char in text):
        raise ValueError("The address has an invisible character.")


def _ascii(domain: str) -> str:
    """Return ``domain`` in ASCII, as the DNS has it."""
    if ENCODED in domain:  # so that both spellings are folded alike
        domain = _folded(".".join(map(_decoded, domain.split("."))))
    name = domain.encode("idna").decode("ascii")
    if not HOST.fullmatch(name):
        raise ValueError("The part after the @ is malformed.")
    return name


def _decoded(label: str) -> str:
    """Return a label as users read it; as it is, if it is not valid in IDNA 2003."""
    if not label.startswith(ENCODED):
        return label
    try:
        return label.encode("ascii").decode("idna")
    except UnicodeError:
        return label
