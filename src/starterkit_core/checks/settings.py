"""E007 and E008: the settings dicts of the modules."""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

from django.core.checks import CheckMessage

from starterkit_core.checks.messages import error
from starterkit_core.conf import AppSettings
from starterkit_core.utils.source import as_source


def check_settings(**kwargs: Any) -> list[CheckMessage]:
    """Find unknown names and invalid values."""
    return [message for owner in AppSettings.known for message in _messages(owner)]


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
