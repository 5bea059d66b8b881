"""E007 and E008: the settings dicts of the modules."""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

from django.core.checks import CheckMessage

from starterkit_core.checks.messages import error
from starterkit_core.conf import OVERRIDES, AppSettings, problem_with_dict
from starterkit_core.utils.source import as_source


def check_settings(**kwargs: Any) -> list[CheckMessage]:
    """Find what is no dict, unknown names and invalid values."""
    names = [*(owner.namespace for owner in AppSettings.known), OVERRIDES]
    return [
        *(message for name in names for message in _no_dict(name)),
        *(message for owner in AppSettings.known for message in _messages(owner)),
    ]


def _no_dict(name: str) -> Iterator[CheckMessage]:
    if problem := problem_with_dict(name):
        text, hint = f"{name} {problem}.", f"Write it as {name} = {{…}}."
        yield error("starterkit_core.E008", text, hint)


def _messages(owner: type[AppSettings]) -> Iterator[CheckMessage]:
    for name, problem in owner.problems():
        where = f"{owner.namespace}[{name!r}]"
        if problem:
            example = as_source(owner.entries[name].example)
            hint = f"Write for example {name!r}: {example}."
            yield error("starterkit_core.E008", f"{where} {problem}.", hint)
        else:
            near = get_close_matches(name, owner.entries, 1)
            hint = f"Did you mean {near[0]!r}?" if near else "Remove it."
            yield error("starterkit_core.E007", f"{where}: no such setting.", hint)
