"""Hides secrets and addresses: in logs, error reports, traces and audit events.

The one deny-list. ``redacted()`` copies a structure, and hides a value by the name of
its field or by what it looks like. ``redacted_text()`` does it in free text, such as a
message. Both take time that grows with the text in a straight line, and have a limit.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

BLOT = "[redacted]"
CUT = "[cut]"
"""Stands where a text, a list or a mapping was too long to be copied."""

SECRET = re.compile(
    r"passw|pass_?(phrase|code|key)|pwd$|senha|token|secret|otp|assertion(?!error)"
    r"|credential"
    r"|authorization|(^|[_-])(auth|pass|pin)$|cookie|csrf|xsrf|jwt|bearer|signature"
    r"|verifier"
    r"|(api|access|private|signing|encryption|session|idempotency)[_-]?key"
    r"|sessionid|links?$"
    r"|(?<!status[_.-])(?<!error_)(?<!exit_)(?<!country_)(?<!language_)codes?$",
    re.IGNORECASE,
)
"""Names of fields whose value is a secret."""

PRIVATE = re.compile(rf"{SECRET.pattern}|e?mail|phone", re.IGNORECASE)
"""Names of fields whose value is a secret, an e-mail address or a phone number."""

LONGEST_NAME = 64
"""Longest name that is read: to search one of a megabyte takes 0.1 seconds."""

LONGEST_TEXT = 50_000
"""Most characters of a text that are kept."""

DEEPEST = 20
"""Most levels of a structure that are copied; one that contains itself ends there."""

PAIR = 2

MOST = 50_000
"""Most values of a structure that are copied."""

FOUND = re.compile(
    r"""
      (?P<harmless>(?:status|error|exit)[ ]code)
    | (?<![\w-])(?:pbkdf2_\w+|argon2|bcrypt\w*|scrypt|md5)\$[^\s'",)]++ # hashes
    | (?<=Failing[ ]row[ ]contains[ ])\([^\r\n]*+              # by PostgreSQL
    | (?<![\w-])sk[a-z]_[\w-]{16,}+                           # our tokens
    | (?<![\w-])eyJ[\w-]{5,}+\.[\w.-]*+                       # JSON Web Tokens
    | (?<![\w-])(?:bearer|basic)[ ]++[\w.~+/=-]{8,}+
    | (?<=://)[^\s/:@"']*+:[^\s@"']{1,256}+(?=@)             # user:password@
    | (?<![\w.+-])[\w.+-]{1,64}+(?:@|%40)                     # e-mail addresses
      (?:[\w-]{1,63}\.){1,8}[^\W\d_][\w-]{1,62}+
    | (?<=[(\[])[bru]?["'](?P<first>[\w-]++)["'],[ ]?         # of a pair
    | (?<![\w-])(?P<name>[\w-]++)(?:\[\d{0,9}\])?(?:\\*["'])?[\])]?
      (?:[ \t]{1,3}={1,2}>?[ \t]{1,3}|={1,2}>?|%3d|[ ]?:[ \t]{0,3})
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""What is hidden by what it looks like, and names before a value.

Each part keeps what it took (``++``), so no text takes long, however it was made up.
"""

QUOTED = r"""[bru]?"(?:[^"\\]|\\.)*+"?+|[bru]?'(?:[^'\\]|\\.)*+'?+"""
SEVERAL = "|".join(
    rf"""\{begin}(?:{QUOTED}|[^\{end}"'\r\n])*+\{end}?+"""
    for begin, end in ("[]", "()", "{}")
)
"""A list, such as each value of a ``QueryDict`` is, a tuple or a dictionary."""

VALUE = re.compile(
    rf"""
      {QUOTED} | {SEVERAL}
    | \\+["'][^"']*+
    | (?:(?:bearer|basic|digest|token|api-?key)[ ])?
      (?:[^\s"'&,;)}}\]>]|[,;)}}\]>](?=[^\s"'&,;)}}\]>]))*+
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""What stands behind the name of a secret: quoted, several, or the rest of the word."""

LINE = re.compile(r"[^\r\n]*")
"""What stands behind ``Cookie:``."""

SCALARS = frozenset({bool, float, int, type(None)})
"""Classes whose values are returned as they are; ``Mapping`` is slow to deny it."""

STRUCTURES = (Mapping, list, tuple, set, frozenset)
"""Classes whose values are copied."""

HINTS = re.compile(
    "[@=:%EeSs\u017fBb(\\[](?:(?<=[@=:])|(?<=%)(?:40|3[Dd])|(?<=[Ee])[Yy][Jj]"
    "|(?<=[Ss\u017f])[Kk\u212a].[_]|(?<=[Bb])(?:[Ee][Aa]|[Aa][Ss\u017f])"
    "|(?<=[(\\[])[BbRrUu]?[\"'])",
    re.DOTALL,
)
"""What a text has that may have such a value.

Without ``IGNORECASE`` and with all first letters in one class it takes a fifth of the
time; the long s and the sign of Kelvin are what ``IGNORECASE`` takes as s and k.
"""


def is_secret(name: str) -> bool:
    """Return whether the value of a field with this name is a secret.

    True of a name that is too long to be one of ours.
    """
    return len(name) > LONGEST_NAME or _has_secret(name)


def is_private(name: str) -> bool:
    """Return whether the value of a field with this name is hidden; see ``PRIVATE``."""
    return len(name) > LONGEST_NAME or _has_private(name)


def redacted(value: Any, name: str = "", known: Collection[str] = ()) -> Any:
    """Return a copy of JSON-like ``value`` with ``BLOT`` in place of what is hidden.

    ``name`` is that of the field that has the value; ``known`` are secret texts, hidden
    wherever they stand. Mappings are copied as dicts, lists, tuples and sets as lists,
    and bytes as text; other values are returned as they are.
    """
    return _Copy(known).of(value, name)


def redacted_text(text: str, known: Collection[str] = ()) -> str:
    """Return free text with ``BLOT`` in place of secrets and addresses.

    Hides what looks like one (our tokens, a JWT, ``Bearer …``, ``user:password@`` in a
    URL, an e-mail address), what stands behind the name of one, such as ``password=…``
    or ``'code': '…'``, and the secret texts that are ``known``.
    """
    if len(text) > LONGEST_TEXT:
        text = text[:LONGEST_TEXT] + CUT
    for secret in known:
        text = text.replace(secret, BLOT)
    return "".join(_parts(text)) if HINTS.search(text) else text


def _parts(text: str) -> Iterator[str]:
    """Yield the parts of ``text`` that stay, and ``BLOT`` between them."""
    kept, at = 0, 0
    while found := FOUND.search(text, at):
        at, name = found.end(), found["name"] or found["first"]
        if found["harmless"] or (name and not is_private(name)):
            continue
        yield text[kept : at if name else found.start()]
        yield BLOT
        if name:
            at = _end_of_value(text, at, found["name"] or "")
        kept = at
    yield text[kept:]


def _end_of_value(text: str, start: int, name: str) -> int:
    if text.startswith(BLOT, start):
        return start + len(BLOT)
    value = LINE if name.lower().endswith("cookie") else VALUE
    found = value.match(text, start)
    return found.end() if found else start


# The same names come again. To hash a pattern takes as long as to search a name, so
# none is an argument.


@lru_cache(maxsize=2048)
def _has_secret(name: str) -> bool:
    return bool(SECRET.search(name))


@lru_cache(maxsize=2048)
def _has_private(name: str) -> bool:
    return bool(PRIVATE.search(name))


_redacted_name = lru_cache(maxsize=2048)(redacted_text)


class _Copy:
    """One copy of a structure, and how many values it may still take."""

    def __init__(self, known: Collection[str]) -> None:
        self.known = known
        self.left = MOST

    def of(self, value: Any, name: str = "", depth: int = 0) -> Any:
        self.left -= 1
        if name and is_private(name):
            return BLOT
        if isinstance(value, (str, bytes, bytearray)):
            return _redacted_leaf(value, self.known)
        if type(value) in SCALARS or not isinstance(value, STRUCTURES):
            return value
        if depth >= DEEPEST:
            return CUT
        if isinstance(value, Mapping):
            return self._of_mapping(value, depth + 1)
        items = self._of_list(value, depth + 1)
        return [items[0], BLOT] if _is_secret_pair(items) else items

    def _of_mapping(self, value: Mapping[Any, Any], depth: int) -> dict[Any, Any]:
        copy: dict[Any, Any] = {}
        for key, item in value.items():
            if self.left <= 0:
                copy[CUT] = CUT
                break
            name = self._name_of(key) if isinstance(key, str) else key
            copy[name] = self.of(item, str(key), depth)
        return copy

    def _name_of(self, key: str) -> str:
        if self.known or len(key) > LONGEST_NAME:
            return redacted_text(key, self.known)
        return _redacted_name(key)

    def _of_list(self, value: Iterable[Any], depth: int) -> list[Any]:
        copy: list[Any] = []
        for item in value:
            if self.left <= 0:
                copy.append(CUT)
                break
            copy.append(self.of(item, "", depth))
        return copy


def _is_secret_pair(items: list[Any]) -> bool:
    """Return whether ``items`` are a name and its value, such as those of a header.

    The name may be in the quotes of ``repr()``.
    """
    return (
        len(items) == PAIR
        and isinstance(items[0], str)
        and is_private(items[0].strip("'\""))
    )


def _redacted_leaf(value: str | bytes | bytearray, known: Collection[str]) -> str:
    if type(value) is not str and repr(value) == BLOT:  # a ``Secret``
        return BLOT
    text = value if isinstance(value, str) else value.decode(errors="replace")
    return redacted_text(text, known)
