"""Examples of what the project has declared."""

from drf_spectacular.utils import OpenApiExample

from starterkit_core.ports import preferences
from starterkit_core.ports.preferences import Writer


def answers() -> list[OpenApiExample]:
    """Return what a user has who has set none."""
    defaults = {key: it.default for key, it in preferences.registered().items()}
    name = "Nothing is set" if defaults else "There are none"
    return [
        OpenApiExample(name, value=defaults, response_only=True, status_codes=["200"])
    ]


def requests() -> list[OpenApiExample]:
    """Return a change of the first that users may set, if there is one."""
    mine = [
        (key, it.default)
        for key, it in preferences.registered().items()
        if it.writer is Writer.USER
    ]
    changes = [dict([it]) for it in mine[:1]]
    return [OpenApiExample("One", value=it, request_only=True) for it in changes]
