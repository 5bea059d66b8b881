"""W014: settings of ours that no installed app reads."""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage

from starterkit_core.checks.messages import warning
from starterkit_core.conf import AppSettings, names_of_settings
from starterkit_core.modules import is_installed

PREFIX = "STARTERKIT_"


def check_leftovers(**kwargs: Any) -> list[CheckMessage]:
    """Find settings of a module that is not installed, and misspelt ones."""
    known = set(_known())
    return [
        warning("starterkit_core.W014", f"{name}: no installed app reads it.", hint)
        for name in names_of_settings(PREFIX)
        if name not in known
        for hint in [_hint(name, known)]
    ]


def _known() -> Iterator[str]:
    yield "STARTERKIT_OVERRIDES"
    for owner in AppSettings.known:
        if is_installed(owner.__module__):
            yield owner.namespace
    for model in apps.get_models(include_swapped=True):
        yield str(model._meta.swappable)


def _hint(name: str, known: set[str]) -> str:
    near = get_close_matches(name, known, 1, 0.9)
    if near:
        return f"Did you mean {near[0]!r}?"
    return "Remove it, or add the module that reads it to INSTALLED_APPS."
