"""E011 to E013 and W015: models that a host swapped in for ours."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage
from django.db.models import Field, Model

from starterkit_core.checks.messages import error, warning
from starterkit_core.conf import swapped_in
from starterkit_core.modules import load_all_use_cases, swapped_models
from starterkit_core.use_cases import UseCase
from starterkit_core.utils.source import dotted


def check_swapped_models(**kwargs: Any) -> list[CheckMessage]:
    """Check every swappable model of ours that a host replaced."""
    return [
        message
        for model in swapped_models()
        if _is_ours(model)
        for message in _check(model)
    ]


def _is_ours(default: type[Model]) -> bool:
    """Return whether the swapped model must build on ours: a user model need not."""
    if default._meta.swappable != "AUTH_USER_MODEL":
        return True
    chosen = apps.get_model(swapped_in("AUTH_USER_MODEL"))
    return issubclass(chosen, default.__mro__[1])


def _check(default: type[Model]) -> Iterator[CheckMessage]:
    setting = str(default._meta.swappable)
    label = swapped_in(setting)
    try:
        chosen = apps.get_model(label)
    except (LookupError, ValueError):
        hint = "Write it as 'app_label.Model' and install the app."
        yield error("starterkit_core.E011", f"{setting}: no model {label!r}.", hint)
        return
    abstract: type[Any] = default.__mro__[1]
    if not issubclass(chosen, abstract):
        hint = f"Subclass {dotted(abstract)}."
        text = f"{setting}: {label} is not a subclass of our abstract model."
        yield error("starterkit_core.E012", text, hint, obj=chosen)
    elif missing := _rules(default) - _rules(chosen):
        hint = f"Write class Meta({abstract.__qualname__}.Meta) in your model."
        text = f"{setting}: {label} lacks {', '.join(sorted(missing))}."
        yield error("starterkit_core.E013", text, hint, obj=chosen)
    else:
        yield from _check_columns(chosen, default)


def _rules(model: type[Model]) -> set[str]:
    """Return a model's constraints, without app and model, and its permissions."""
    prefix = f"{model._meta.app_label}_{model._meta.model_name}_"
    constraints = {rule.name.removeprefix(prefix) for rule in model._meta.constraints}
    return constraints | {codename for codename, _ in model._meta.permissions}


def _check_columns(chosen: type[Model], default: type[Model]) -> Iterator[CheckMessage]:
    """Find columns that need a value while the step that gives it is still ours."""
    ours = {field.name for field in default._meta.concrete_fields}
    needed = [
        field.name
        for field in chosen._meta.concrete_fields
        if field.name not in ours and _needs_value(field)
    ]
    if not needed or chosen.save is not default.save:
        return
    step = f"{default._meta.model_name}_fields"
    for key in _with_our(step):
        text = (
            f"{chosen._meta.label} needs {', '.join(needed)}, which {key} leaves out."
        )
        hint = f"Add it in {step}() of your own use case, or give it a default."
        yield warning("starterkit_core.W015", text, hint, obj=chosen)


def _needs_value(field: "Field[Any, Any]") -> bool:
    """Return whether the database refuses a row that was made without this field."""
    fills_itself = any(
        getattr(field, name, False)
        for name in ("auto_now", "auto_now_add", "generated")
    )
    has_value = fills_itself or field.has_default() or field.has_db_default()
    return not (has_value or field.null or field.empty_strings_allowed)


def _with_our(step: str) -> Iterator[str]:
    """Yield the key of each use case whose ``step`` the host has not replaced."""
    load_all_use_cases()
    for key, use_case in UseCase.defaults.items():
        with suppress(ImportError, AttributeError):  # E003 says so
            if getattr(use_case.active(), step, None) is getattr(use_case, step, 1):
                yield key
