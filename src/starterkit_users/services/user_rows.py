"""Finds users for administrators: every row, also those that a manager hides."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any
from unicodedata import normalize

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.functional import lazy

from starterkit_core.addresses import canonical_email
from starterkit_core.conf import until_settings_change
from starterkit_core.db.databases import rows_of
from starterkit_core.utils.uuid7 import uuid7
from starterkit_users.services.substring_search import containing

CHUNK = 1_000
"""Rows that one statement reads where all of them are wanted."""

MOST_SHARING = 5
"""How many accounts with one address are looked at; ours has one."""


def permission(act: str) -> Any:
    """Return the permission of Django to ``act`` on users, such as ``view``, lazily."""
    return lazy(_permission, str)(act)


@until_settings_change
def _permission(act: str) -> str:
    options = get_user_model()._meta
    return f"{options.app_label}.{act}_{options.model_name}"


def all_users() -> "QuerySet[Any]":
    """Return all users, from where they are written."""
    return rows_of(get_user_model())


def find(user_id: str, *, locked: bool = False) -> AbstractBaseUser | None:
    """Return the user with this id, or None; ``locked`` until the transaction ends."""
    if (key := _as_key(user_id)) is None:
        return None
    users = all_users().select_for_update() if locked else all_users()
    user: AbstractBaseUser | None = users.filter(pk=key).first()
    return user


def find_acting(user_id: str, act: str) -> Any:
    """Return the user with this id as saved now, if they still may ``act`` on users.

    None if the account is gone, closed, or without the permission.
    """
    actor: Any = find(user_id)
    is_allowed = actor and actor.is_active and actor.has_perm(str(permission(act)))
    return actor if is_allowed else None


def named(text: str) -> "QuerySet[Any]":
    """Return the users with this id, address or name to sign in with, exactly.

    Without an index on addresses, it reads all rows: for commands.
    """
    if "\0" in text:
        return all_users().none()
    key, address = _as_key(text), get_user_model().get_email_field_name()
    condition = Q(pk__in=[] if key is None else [key])
    for column, whole in _names(text):
        condition |= Q((column, whole))
    if address in model_columns():
        condition |= Q((f"{address}__iexact", text))
    return all_users().filter(condition)


def with_address(address: str) -> "QuerySet[Any]":
    """Return the few users with this address; in any spelling, if it has a key."""
    name = get_user_model().get_email_field_name()
    if name not in model_columns():
        return all_users().none()
    found = {"email_key": canonical_email(address)} if has_key_of_address() else None
    return all_users().filter(**found or {name: address}).order_by("pk")[:MOST_SHARING]


def called(text: str) -> Q:
    """Return the condition that a user has this id, or a name that begins like it.

    Names are the address, in any spelling, and what users sign in with. Only columns
    with an index are asked. Where ``SUBSTRING_SEARCH`` is on, a text inside of the
    address or of the first and last name is enough.
    """
    if "\0" in text:  # no column has it, and no statement
        return Q(pk__in=[])
    key = _as_key(text)
    condition = Q(pk__in=[] if key is None else [key]) | containing(text)
    for column, beginning in _names(text):
        condition |= Q((f"{column}__startswith", beginning))
    return condition


def in_chunks(
    users: "QuerySet[Any]", columns: Sequence[str], *, size: int = CHUNK
) -> Iterator[tuple[Any, ...]]:
    """Yield the primary key and the columns of each user, by primary key.

    Each statement reads so many rows after the last one, so neither the memory nor the
    time of a statement grows with their number.
    """
    rows: Any = users.order_by("pk").values_list("pk", *columns)
    found: list[tuple[Any, ...]] = [*rows[:size]]
    while found:
        yield from found
        last = found[-1][0]
        found = [*rows.filter(pk__gt=last)[:size]] if len(found) == size else []


def has_groups() -> bool:
    """Return whether users are in groups of Django."""
    names = {field.name for field in get_user_model()._meta.many_to_many}
    return "groups" in names


def ids_of_members(groups: Collection[Any]) -> "QuerySet[Any]":
    """Return the ids of the users in these groups, by their ids; some may repeat.

    It is a subquery of the table between the two, so no user is found twice by it.
    """
    field: Any = get_user_model()._meta.get_field("groups")
    rows = rows_of(field.remote_field.through)
    members = rows.filter(**{f"{field.m2m_reverse_field_name()}__in": groups})
    return members.values(field.m2m_field_name())


def has_key_of_address() -> bool:
    """Return whether the user model has ``email_key``, as ours has."""
    return "email_key" in model_columns()


def has_order_of(column: str) -> bool:
    """Return whether an index answers the order and ranges of ``column``.

    It begins with the column, and goes on with the id or ends.
    """
    model = get_user_model()
    field, key = model_columns().get(column), model._meta.pk.name
    if field is None:
        return False
    wanted = ([column], [column, key], [column, "pk"])
    indexes = [[*index.fields] for index in model._meta.indexes]
    return field.db_index or any(it in indexes for it in wanted)


def statuses() -> list[str]:
    """Return the statuses that the column ``status`` has; none without an index."""
    if not has_order_of("status"):
        return []
    return [str(value) for value, _label in model_columns()["status"].flatchoices]


def has_ids_by_time() -> bool:
    """Return whether ids contain the time, as ours do."""
    return get_user_model()._meta.pk.default is uuid7


def as_saved(column: Any, text: str) -> Any:
    """Return ``text`` as the column saves it, such as E.164, or as it is."""
    try:
        return column.to_python(text)
    except ValidationError:
        return text


def _names(text: str) -> Iterator[tuple[str, str]]:
    if has_key_of_address():
        yield "email_key", _folded(text)
    columns, username = model_columns(), str(get_user_model().USERNAME_FIELD)
    address = get_user_model().get_email_field_name()
    for name in dict.fromkeys((username, address)):
        is_same = name == address and has_key_of_address()
        column = columns.get(name)
        if column is not None and (column.unique or column.db_index) and not is_same:
            yield name, as_saved(column, text)


def _folded(text: str) -> str:
    """Return the key of a whole address, or how it begins."""
    try:
        return canonical_email(text)
    except ValueError:
        return normalize("NFKC", text).casefold()


def model_columns() -> dict[str, Any]:
    """Return the columns of the user model, by the names of their fields."""
    return {field.name: field for field in get_user_model()._meta.concrete_fields}


def _as_key(text: str) -> Any:
    """Return ``text`` as an id, or None if it can be none."""
    try:
        return None if "\0" in text else get_user_model()._meta.pk.to_python(text)
    except ValidationError:
        return None
