"""Questions about a user and a time, whose SQL is compiled before there is a user."""

from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import DateTimeField

from starterkit_core.conf import until_settings_change
from starterkit_terms.models import AbstractVersion, version_model
from starterkit_terms.models.version import VersionQuerySet


class _User:
    """The user of a question that is compiled before there is one."""

    def __init__(self, pk: Any) -> None:
        self.pk = pk


def fields() -> list[Any]:
    """Return the fields of the two values: the id of the user, and the time."""
    return [get_user_model()._meta.pk, DateTimeField()]


def blocking(user_id: Any, at: Any) -> VersionQuerySet:
    """Return the versions that keep the user with this id from going on."""
    user: Any = _User(user_id)
    found: VersionQuerySet = version_model().objects.blocking(user, at)
    return found


def outstanding(user_id: Any, at: Any) -> VersionQuerySet:
    """Return what the user with this id has still to accept or to decide on."""
    user: Any = _User(user_id)
    found: VersionQuerySet = version_model().objects.outstanding(user, at)
    return found


@until_settings_change
def are_ours() -> bool:
    """Return whether the manager of versions is ours: another may ask for more."""
    ours = type(AbstractVersion._meta.managers_map["objects"])
    return type(version_model().objects) is ours
