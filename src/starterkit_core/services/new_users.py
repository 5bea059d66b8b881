"""What a new account saves in the user model, which belongs to the project."""

from collections.abc import Collection, Mapping
from typing import Any, TypeAlias

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import models

from starterkit_core.db.fitting_values import first_fitting, random_value

Column: TypeAlias = "models.Field[Any, Any]"


def username_for(model: type[AbstractBaseUser], address: str) -> dict[str, Any]:
    """Return the username field with a value of ours; empty if it fills itself.

    The value is the address if the field is for one, or else a random one that no
    client can guess. It is None if the field takes neither: then each sign-up fails
    until the project gives a value (check W009).
    """
    field: Any = model._meta.get_field(_username_field(model))
    if _fills_itself(field):
        return {}
    taken = address if isinstance(field, models.EmailField) else None
    return {field.name: first_fitting(field, taken) or random_value(field)}


def check_values(user: AbstractBaseUser, given: Collection[str]) -> None:
    """Run the validators of the fields ``given``, except those that are blank.

    Raises:
        ValidationError: Django's; the address is called ``email``, as in requests.
    """
    try:
        user.clean_fields(exclude=_others(user, given))
    except ValidationError as error:
        address, found = user.get_email_field_name(), error.error_dict
        named = {"email" if it == address else it: found[it] for it in found}
        raise ValidationError(named) from error


def check_unique(user: AbstractBaseUser, given: Collection[str]) -> None:
    """Refuse values that another account has.

    Not in the address and the username, because the response must not reveal which are
    taken. No query if no other field ``given`` is unique.

    Raises:
        ValidationError: Django's.
    """
    exclude = {
        *_others(user, given),
        user.get_email_field_name(),
        _username_field(type(user)),
        user._meta.pk.name,
    }
    user.validate_unique(exclude=exclude)
    user.validate_constraints(exclude=exclude)


def set_others(user: AbstractBaseUser, extra: Mapping[str, Any]) -> None:
    """Set the fields that have the name of a value in ``extra``."""
    for name in extra.keys() & _names(user):
        setattr(user, name, extra[name])


def unfilled(model: type[AbstractBaseUser], filled: Collection[str]) -> list[str]:
    """Return the columns that need a value of their own, except those ``filled``."""
    return [
        field.name
        for field in model._meta.concrete_fields
        if field.name not in filled and _needs_value(field)
    ]


def _username_field(model: Any) -> str:
    return str(model.USERNAME_FIELD)


def _names(user: AbstractBaseUser) -> set[str]:
    return {field.name for field in user._meta.concrete_fields}


def _others(user: AbstractBaseUser, given: Collection[str]) -> set[str]:
    """Return the fields that are not ``given``, or blank."""
    return {
        field.name
        for field in user._meta.fields
        if not {field.name, field.attname} & {*given}
        or getattr(user, field.attname) in field.empty_values
    }


def _needs_value(field: Column) -> bool:
    if field.null or _fills_itself(field):
        return False
    value = field.get_default()
    return value is None or _is_unique(field)


def _fills_itself(field: Column) -> bool:
    """Return whether Django, the database or the field's class fills the column."""
    remote = field.remote_field
    return (
        isinstance(field, models.AutoField)
        or (field.has_default() and callable(field.default))
        or field.db_default is not models.NOT_PROVIDED
        or field.generated
        or bool(remote and getattr(remote, "parent_link", False))
        or _is_set_on_save(field)
    )


def _is_set_on_save(field: Column) -> bool:
    if isinstance(field, (models.DateField, models.TimeField)):
        return field.auto_now or field.auto_now_add
    if not getattr(field, "fills_itself", True):
        return False  # as a field of a project or module says itself
    return type(field).pre_save is not models.Field.pre_save


def _is_unique(field: Column) -> bool:
    alone = (field.name,)
    constraints = field.model._meta.total_unique_constraints
    return field.unique or any(tuple(it.fields) == alone for it in constraints)
