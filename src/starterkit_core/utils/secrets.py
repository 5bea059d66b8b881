"""Types for secrets: what they hold is used as usual, and no error report shows it.

Error reporters print the local variables of each frame by ``repr()``, by whatever name
a variable has. So a secret is wrapped where it enters or is made, and stays wrapped in
the frames of Django and other libraries that it is passed to.

Only ``repr()`` hides it. ``str()``, ``format()`` and ``+`` give the text: a password
hasher that formats would otherwise hash the same blot for every password. What is made
of a secret (``strip()``, a slice, a formatted text) is plain again; wrap it anew.
"""

from collections.abc import Mapping
from typing import Any

from starterkit_core.utils.redaction import BLOT, is_secret


class Secret(str):
    """A secret text, such as a password, a code or a token."""

    __slots__ = ()

    def __repr__(self) -> str:
        return BLOT

    __sentry_repr__ = __repr__
    """Sentry calls it for the body of a request, where it would print text as it is."""


class NamedSecret(Secret):
    """A text that its name alone calls secret, such as ``postcode``; it may be none."""

    __slots__ = ()


class SecretBytes(bytes):
    """Bytes with a secret, such as the body of a request."""

    __slots__ = ()

    def __repr__(self) -> str:
        return BLOT

    __sentry_repr__ = __repr__


def hide_named(pairs: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """Return names and values, with a secret for each text of a secret name."""
    return [
        (name, _hidden(value) if is_secret(name) else value) for name, value in pairs
    ]


def revealed(data: Any) -> Any:
    """Return a copy of JSON-like ``data`` with each ``Secret`` as plain text.

    For renderers of a project: some refuse every type but ``str`` itself.
    """
    if isinstance(data, Mapping):
        return {name: revealed(item) for name, item in data.items()}
    if isinstance(data, (list, tuple)):
        return [revealed(item) for item in data]
    return str(data) if isinstance(data, Secret) else data


def holds_secret(data: Any) -> bool:
    """Return whether JSON-like ``data`` has a ``Secret``, by more than its name."""
    if isinstance(data, Mapping):
        return any(map(holds_secret, data.values()))
    if isinstance(data, (list, tuple)):
        return any(map(holds_secret, data))
    return isinstance(data, Secret) and not isinstance(data, NamedSecret)


def _hidden(value: Any) -> Any:
    """Return a text as ``NamedSecret``, and a list with each of its texts as such."""
    if isinstance(value, list):
        return [_hidden(item) for item in value]
    return NamedSecret(value) if isinstance(value, str) else value
