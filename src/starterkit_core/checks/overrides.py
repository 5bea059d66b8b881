"""E001 to E006, E009, W001 and W002: ``STARTERKIT_OVERRIDES``."""

from collections.abc import Iterator
from difflib import get_close_matches
from inspect import Signature, getattr_static, isfunction, signature
from typing import Any

from django.core.checks import CheckMessage
from django.utils.module_loading import import_string

from starterkit_core.checks.messages import error, warning
from starterkit_core.conf import overrides
from starterkit_core.http.endpoints import EndpointView
from starterkit_core.modules import load_all_use_cases, modules
from starterkit_core.overrides import PARTS, parts_of
from starterkit_core.use_cases import UseCase, steps_of
from starterkit_core.utils.source import dotted

SETTING = "STARTERKIT_OVERRIDES"


def check_overrides(**kwargs: Any) -> list[CheckMessage]:
    """Check every key, every part and every overridden step."""
    if not overrides():
        return []
    load_all_use_cases()
    return [message for key in overrides() for message in _check_key(key)]


def _check_key(key: str) -> Iterator[CheckMessage]:
    if key not in UseCase.defaults:
        yield _unknown(key)
        return
    if not isinstance(overrides()[key], (str, dict)):
        text = f"{SETTING}[{key!r}] is neither a dotted path nor a dict of parts."
        yield error("starterkit_core.E003", text, "Give the dotted path of a class.")
        return
    for part, path in parts_of(key).items():
        yield from _check_part(key, part, path)


def _unknown(key: str) -> CheckMessage:
    """Return what to say of a key that is no endpoint and no act of this project."""
    if not any(_begins_like(key, module.name) for module in modules()):
        app = key.partition(".")[0]
        text = f"{SETTING}[{key!r}]: {app} is not installed."
        hint = f"Remove the entry, or add {app!r} to INSTALLED_APPS."
        return error("starterkit_core.E001", text, hint)
    near = get_close_matches(key, UseCase.defaults, 1)
    hint = (
        f"Did you mean {near[0]!r}?" if near else "Run manage.py starterkit overrides."
    )
    text = f"{SETTING}[{key!r}]: there is no such endpoint or act."
    return error("starterkit_core.E001", text, hint)


def _begins_like(key: str, module: str) -> bool:
    """Return whether ``key`` begins with the module's name, or nearly so."""
    beginning = key.split(".")[: module.count(".") + 1]
    return bool(get_close_matches(".".join(beginning), [module], 1, 0.9))


def _check_part(key: str, part: str, path: str) -> Iterator[CheckMessage]:
    where = f"{SETTING}[{key!r}][{part!r}]"
    default = _default(key, part)
    if default is None:
        hint = f"The parts are {', '.join(PARTS)}; not every key has all of them."
        text = f"{where}: there is no such part."
        yield error("starterkit_core.E002", text, hint)
        return
    try:
        replacement = import_string(path)
    except (ImportError, AttributeError) as reason:  # a class, for example
        text = f"{where}: cannot import {path!r}: {reason}."
        yield error("starterkit_core.E003", text, "Give the dotted path of a class.")
        return
    if not (isinstance(replacement, type) and issubclass(replacement, default)):
        text = f"{where}: {path} is not a subclass of the class it replaces."
        yield error("starterkit_core.E004", text, f"Subclass {dotted(default)}.")
    elif part == "use_case":
        yield from _check_steps(path, replacement, default)


def _default(key: str, part: str) -> type | None:
    view = EndpointView.known.get(key)  # None for an act without a URL
    return {
        "use_case": UseCase.defaults[key],
        "request": view and view.request_class,
        "response": view and view.response_class,
    }.get(part)


def _check_steps(path: str, mine: type, default: type) -> Iterator[CheckMessage]:
    """Compare each method of the replacement with the step it overrides."""
    for owner in (cls for cls in mine.__mro__ if cls not in default.__mro__):
        for name, member in vars(owner).items():
            if _is_method(member) and not name.startswith("__"):
                yield from _check_step(f"{path}.{name}", member, name, default)


def _is_method(member: Any) -> bool:
    return isfunction(member) or isinstance(member, (classmethod, staticmethod))


def _check_step(
    where: str, member: Any, name: str, default: type
) -> Iterator[CheckMessage]:
    step = getattr_static(default, name, None)
    if step is None:
        if getattr(member, "__override__", False):
            text = f"{where} overrides a step that no longer exists."
            hint = f"{default.__qualname__} has: {', '.join(steps_of(default))}."
            yield error("starterkit_core.E005", text, hint)
    elif getattr(step, "__final__", False):
        text = f"{where} overrides a method that is not a step."
        yield error("starterkit_core.E009", text, "Override a step instead.")
    elif name.startswith("_"):
        text = f"{where} overrides a private method, which any release may change."
        yield warning("starterkit_core.W001", text, "Override a step instead.")
    elif isfunction(step):
        yield from _check_signature(where, member, step)


def _check_signature(where: str, member: Any, step: Any) -> Iterator[CheckMessage]:
    if not isfunction(member) or not _fits(signature(member), signature(step)):
        text = f"{where} cannot be called as the step it overrides."
        hint = f"Its parameters are {signature(step)}."
        yield error("starterkit_core.E006", text, hint)
    elif advice := getattr(step, "deprecated_step", ""):
        text = f"{where} overrides a deprecated step."
        yield warning("starterkit_core.W002", text, advice)


def _fits(mine: Signature, ours: Signature) -> bool:
    """Return whether ``mine`` accepts the calls that ``ours`` accepts."""
    named = {p.name: None for p in ours.parameters.values() if p.kind == p.KEYWORD_ONLY}
    placed = [p.name for p in ours.parameters.values() if p.name not in named]
    try:
        mine.bind(*placed, **named)
    except TypeError:
        return False
    return True
