"""The personal data in the account itself, and in what this app keeps about it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.files import File
from django.db.models import Q, QuerySet
from django.utils.crypto import get_random_string

from starterkit_core.db.databases import rows_beside, rows_of
from starterkit_core.db.fitting_values import first_fitting, random_value
from starterkit_core.ports import personal_data
from starterkit_core.services import audit
from starterkit_core.utils import moments
from starterkit_users.models import (
    DataExport,
    ErasedAccount,
    Erasure,
    ErasureResult,
    PhoneField,
    Status,
    avatar_model,
    invitation_model,
)
from starterkit_users.models.phone import erased_phone
from starterkit_users.services import (
    avatar_files,
    avatars,
    data_exports,
    erasure_log,
    lifecycle,
    pictures,
)
from starterkit_users.services.account_fields import (
    EDITABLE,
    account_fields,
)

FURTHER = (
    "username",
    "phone",
    "locale",
    "time_zone",
    "preferences",
    "last_seen_at",
    "status_reason",
)
"""Columns that ``v1/me`` may not show; exported and emptied where there are some."""

RIGHTS = {"is_staff": False, "is_superuser": False}


class AccountData:
    """Exports and erases the fields that ``v1/me`` shows.

    A host with more personal data in its user model registers a provider of its own.
    """

    name = "account"

    def __init__(self) -> None:
        model = get_user_model()  # its parents have columns of it
        whole = (model, *model._meta.get_parent_list())
        self.models: tuple[str, ...] = tuple(it._meta.label for it in whole)

    def export(self, user: AbstractBaseUser) -> dict[str, Any]:
        """Return the account and when it was last used."""
        values = {
            name: getattr(user, field.attname)
            for name, field in account_fields().items()
        }
        values |= {"last_login": user.last_login}
        values |= {name: getattr(user, name) for name in _further(user)}
        return {"id": str(user.pk)} | {
            name: moments.iso(value) if isinstance(value, datetime) else value
            for name, value in values.items()
        }

    def erase(self, user: AbstractBaseUser) -> None:
        """Anonymize the row, so that no client can sign in with it any more."""
        for name, value in self._blank(user).items():
            setattr(user, name, value)
        user.set_unusable_password()
        user.save()
        for name in ("groups", "user_permissions"):
            if hasattr(user, name):
                getattr(user, name).clear()

    def _blank(self, user: AbstractBaseUser) -> dict[str, Any]:
        fields = account_fields()
        blank: dict[str, Any] = {name: "" for name in EDITABLE if name in fields}
        blank |= {name: _empty(field) for name, field in _further(user).items()}
        username: Any = user._meta.get_field(get_user_model().USERNAME_FIELD)
        blank |= {username.attname: _anonymous(username, f"erased-{user.pk}")}
        if "email" in fields:  # the domain is reserved for this (RFC 2606, section 2)
            names = (user.pk, get_random_string(12))
            addresses = [f"{name}@erased.invalid" for name in names]
            blank |= {fields["email"].attname: _anonymous(fields["email"], *addresses)}
        columns = {field.attname for field in user._meta.concrete_fields}
        ended: dict[str, Any] = {"last_login": None, "is_active": False, **RIGHTS}
        if lifecycle.has_status():
            ended |= {"status": Status.ERASED}
        return blank | {name: ended[name] for name in ended if name in columns}


class AvatarData:
    """Exports and erases the picture of the user."""

    name = "avatar"

    def __init__(self) -> None:
        self.models: tuple[str, ...] = (avatar_model.label,)

    def export(self, user: AbstractBaseUser) -> dict[str, Any] | None:
        """Return when it was set; the picture itself is among the files."""
        if (avatar := avatars.find(user)) is None:
            return None
        return {
            "created_at": moments.iso(avatar.created_at),
            "updated_at": moments.iso(avatar.updated_at),
        }

    def files(self, user: AbstractBaseUser) -> Iterator[tuple[str, "File[bytes]"]]:
        """Yield the largest picture; the others were made of it."""
        avatar = avatars.find(user)
        if avatar is not None and avatar.files:
            largest = max(avatar.files, key=int)
            name = f"avatar.{pictures.EXTENSION}"
            yield name, avatar_files.storage().open(avatar.files[largest])

    def erase(self, user: AbstractBaseUser) -> None:
        """Delete it, and after the commit its files."""
        if (avatar := avatars.find(user)) is not None:
            avatar.delete()


def _anonymous(field: Any, *values: str) -> Any:
    """Return the first value that ``field`` takes, or else a random one."""
    if isinstance(field, PhoneField):
        return erased_phone()
    value = first_fitting(field, *values) or random_value(field)
    return values[0][: field.max_length] if value is None else value


def _further(user: AbstractBaseUser) -> dict[str, Any]:
    """Return the columns of ``FURTHER`` that users have and do not sign in with."""
    known = {str(get_user_model().USERNAME_FIELD), *account_fields()}
    columns = {field.name: field for field in user._meta.concrete_fields}
    return {it: columns[it] for it in FURTHER if it in columns and it not in known}


def _empty(field: Any) -> Any:
    """Return what an account has in this column that never had a value."""
    return None if field.null else field.get_default()


class ExportsData:
    """Exports that there were exports; an erasure deletes them and their files."""

    name = "exports"
    models: tuple[str, ...] = (DataExport._meta.label,)
    outlives_account = True
    """The files do."""

    def export(self, user: AbstractBaseUser) -> list[dict[str, Any]]:
        """Return each export, oldest first."""
        rows = rows_beside(DataExport, user).filter(user_id=user.pk).order_by("pk")
        return [
            {
                "id": str(row.pk),
                "state": row.shown_state,
                "created_at": moments.iso(row.created_at),
                "downloaded_at": row.downloaded_at and moments.iso(row.downloaded_at),
            }
            for row in rows
        ]

    def erase(self, user: AbstractBaseUser) -> None:
        """Delete them, and the files after the commit."""
        data_exports.erase(user)


class ErasureData:
    """The erasure of the account: only that there is one, under its id or pseudonym."""

    name = "erasure"
    models: tuple[str, ...] = tuple(
        model._meta.label for model in (Erasure, ErasureResult, ErasedAccount)
    )
    outlives_account = True

    def export(self, user: AbstractBaseUser) -> list[dict[str, Any]]:
        """Return when it was started, if it was."""
        rows = rows_beside(Erasure, user).filter(account_id=str(user.pk))
        return [{"created_at": moments.iso(row.created_at)} for row in rows]

    def erase(self, user: AbstractBaseUser) -> None:
        """Note the pseudonym in the erasure log."""
        erasure_log.note(user)


class AdministrationLogData:
    """The log of Django's administration, which names accounts by their address."""

    name = "administration_log"
    models: tuple[str, ...] = ("admin.LogEntry",)
    outlives_account = True
    order = -1000
    """The first one: it finds lines by the name that the account still has."""

    def export(self, user: AbstractBaseUser) -> list[dict[str, Any]]:
        """Return when the user changed what kind of thing, without its name."""
        rows = self._rows(user).filter(user_id=user.pk).order_by("pk")
        return [
            {
                "at": moments.iso(row.action_time),
                "action": row.get_action_flag_display(),
                "kind": row.content_type
                and "{}.{}".format(*row.content_type.natural_key()),
            }
            for row in rows.select_related("content_type")
        ]

    def erase(self, user: Any) -> None:
        """Remove the name of the account from the lines about it, in any spelling."""
        rows = self._rows(user)
        labels = [label.lower().split(".") for label in audit.account_labels()]
        kinds = Q()
        for app, model in labels:
            kinds |= Q(content_type__app_label=app, content_type__model=model)
        about = kinds & Q(object_id=str(user.pk))
        address = getattr(user, user.get_email_field_name(), "")
        about |= Q(object_repr=user.get_username())
        about |= Q(object_repr__icontains=address) if address else Q()
        keys = [*rows.filter(about).values_list("pk", flat=True)]
        rows.filter(pk__in=keys).update(object_repr="", change_message="")

    def _rows(self, user: AbstractBaseUser) -> "QuerySet[Any]":
        return rows_beside(apps.get_model("admin.LogEntry"), user)


class InvitationData:
    """Exports and erases the invitations to an account, and who sent others."""

    name = "invitations"

    def __init__(self) -> None:
        self.models: tuple[str, ...] = (invitation_model.label,)

    def export(self, user: AbstractBaseUser) -> list[dict[str, Any]]:
        """Return when the user was invited; those that they sent are about others."""
        rows = rows_of(invitation_model()).filter(user_id=user.pk).order_by("pk")
        return [
            {
                "address": row.address,
                "state": row.state,
                "invited_at": moments.iso(row.created_at),
                "answered_at": row.ended_at and moments.iso(row.ended_at),
            }
            for row in rows
        ]

    def erase(self, user: AbstractBaseUser) -> None:
        """Delete them, and forget that the user sent others."""
        rows = rows_of(invitation_model())
        rows.filter(user_id=user.pk).delete()
        rows.filter(invited_by_id=user.pk).update(invited_by=None)


def register() -> None:
    """Register the providers in core's port."""
    personal_data.register(AccountData())
    personal_data.register(InvitationData())
    personal_data.register(AvatarData())
    personal_data.register(ExportsData())
    personal_data.register(ErasureData())
    if apps.is_installed("django.contrib.admin"):
        personal_data.register(AdministrationLogData())
