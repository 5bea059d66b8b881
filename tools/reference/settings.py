"""docs/reference/settings.md: every setting, its default and what it means."""

import ast
import inspect
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from django.apps import apps

from starterkit_core.conf import AppSettings, Setting
from starterkit_core.utils.source import as_source
from tools.reference import markdown

LEAD = (
    "Each module reads one dict in Django's settings when it is first used, and again "
    "after a change by `override_settings` or pytest-django's `settings`. A name left "
    "out keeps its default. `manage.py check` finds unknown names and bad values."
)

OVERRIDES = """\
## STARTERKIT_OVERRIDES

Which classes run in place of ours: the folder of an endpoint as a dotted path, and a
use case or a dict of `use_case`, `request` and `response`. `manage.py starterkit
overrides` lists every folder and its steps."""

SWAPS = """\
## Swappable models

Set them before the first `migrate`, to a model in an app of your own that subclasses
ours.

| Setting | Default |
| --- | --- |"""


def page() -> str:
    """Return the page."""
    blocks = [block for owner in owners() for block in _dict(owner)]
    return markdown.page("Settings", LEAD, [*blocks, OVERRIDES, _swaps()])


def owners() -> list[type[AppSettings]]:
    """Return the settings class of each module, by name; those of tests left out."""
    found = [owner for owner in AppSettings.known if _is_ours(owner.__module__)]
    return sorted(found, key=lambda owner: owner.namespace)


def _is_ours(place: str) -> bool:
    return place.startswith("starterkit_") and ".tests_" not in place


def _dict(owner: type[AppSettings]) -> Iterator[str]:
    yield f"## {owner.namespace}"
    meanings = meanings_of(owner)
    for name, setting in owner.entries.items():
        heading = markdown.anchored(name, f"{owner.namespace}.{name}")
        yield f"{heading}\n\n{_facts(setting)}\n\n{meanings.get(name, '')}"


def meanings_of(owner: type[AppSettings]) -> dict[str, str]:
    """Return the text that stands under each setting in ``conf.py``."""
    (body,) = (
        node.body
        for node in ast.walk(ast.parse(inspect.getsource(owner)))
        if isinstance(node, ast.ClassDef)
    )
    return {
        target.id: markdown.prose(text.value.value)
        for entry, text in pairwise(body)
        if isinstance(entry, ast.Assign)
        and isinstance(target := entry.targets[0], ast.Name)
        and isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
        and isinstance(text.value.value, str)
    }


def _facts(setting: Setting[Any]) -> str:
    wants = f" It must be {setting.expects}." if setting.expects else ""
    return f"Default: `{as_source(setting.default)}`.{wants}"


def _swaps() -> str:
    found = sorted(
        f"| `{model._meta.swappable}` | `{model._meta.label}` |"
        for model in apps.get_models(include_swapped=True)
        if model._meta.swappable and model.__module__.startswith("starterkit_")
    )
    return "\n".join([SWAPS, *found])
