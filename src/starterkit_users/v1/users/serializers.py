"""An account as administrators see it, and how they find it."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from starterkit_core.http.fields import (
    FlagParameter,
    GivenMomentField,
    LineField,
    MomentField,
)
from starterkit_core.ports import user_filters
from starterkit_users.models.lifecycle import Status
from starterkit_users.services import user_rows
from starterkit_users.services.account_fields import STANDING, administered_fields
from starterkit_users.v1.me.serializers import AccountRepresentation, StatusField

LONGEST_ROLES = 500
"""Characters of a list of roles in a query."""

FLAGS = ("is_active", "is_staff", "is_superuser")


class UserRepresentation(AccountRepresentation):
    """A user; fields that the project's user model lacks are left out."""

    per_request = False  # get_fields() is the same for every request

    is_active = serializers.BooleanField(
        read_only=True, help_text="Whether the user may sign in."
    )
    is_staff = serializers.BooleanField(
        read_only=True, help_text="Whether the user may enter the administration."
    )
    is_superuser = serializers.BooleanField(
        read_only=True, help_text="Whether the user has every permission."
    )
    last_login = MomentField(read_only=True, allow_null=True)
    last_seen_at = MomentField(
        read_only=True,
        allow_null=True,
        help_text="When the user was last here, to some minutes.",
    )
    status_reason = serializers.CharField(read_only=True)
    status_since = MomentField(read_only=True)
    status_by = serializers.CharField(
        read_only=True, help_text="Id of the administrator who decided, or empty."
    )

    def get_fields(self) -> dict[str, "serializers.Field[Any, Any, Any, Any]"]:
        """Return the fields that the user model has."""
        fields, columns = super().get_fields(), administered_fields()
        fields.pop("sections", None)  # of users, for themselves
        for name in STANDING:
            if name not in columns:
                fields.pop(name, None)
        return fields


class RolesParameter(LineField):
    """Keys of roles, with commas between; each once."""

    default_error_messages = {
        "empty": _("Leave no key empty."),
        "repeated": _("Name each role once."),
    }

    def to_internal_value(self, data: Any) -> Any:
        keys = super().to_internal_value(data).split(",")
        if "" in keys:
            self.fail("empty")
        if len({*keys}) < len(keys):
            self.fail("repeated")
        return keys

    def run_validators(self, value: Any) -> None:
        """Measure the text: the validators know no lists."""
        super().run_validators(",".join(value))


class StatusFilter(serializers.ChoiceField):
    """A state that users are found by; the column of a host may have others."""

    def __init__(self, choices: Any, **kwargs: Any) -> None:
        super().__init__(choices, **kwargs)
        if [*self.choices] == Status.values:
            self.component = StatusField.component


class UsersQuery(serializers.Serializer[Any]):
    """What users can be narrowed to."""

    per_request = False  # get_fields() is the same for every request

    search = LineField(
        max_length=254,
        required=False,
        help_text=(
            "A whole id, or the beginning of an address or a user name. Where the "
            "project has the index for it, also a part of an address or of the names."
        ),
    )
    is_active = FlagParameter(required=False)
    is_staff = FlagParameter(required=False)
    is_superuser = FlagParameter(required=False)
    group = LineField(max_length=150, required=False, help_text="Name of a group.")
    role = RolesParameter(
        max_length=LONGEST_ROLES,
        required=False,
        help_text="Keys of roles, with commas between: users with one of them.",
    )
    created_since = GivenMomentField(
        required=False, help_text="Made from this moment on."
    )
    created_until = GivenMomentField(
        required=False, help_text="Made before this moment."
    )
    last_seen_since = GivenMomentField(
        required=False, help_text="Last seen at this moment or later."
    )
    last_seen_until = GivenMomentField(
        required=False, help_text="Last seen before this moment."
    )

    def get_fields(self) -> dict[str, "serializers.Field[Any, Any, Any, Any]"]:
        """Return the filters that the user model can answer, by an index if it is ours.

        Without ids in the order of time there is none for the moment.
        """
        fields, columns = super().get_fields(), administered_fields()
        absent = [name for name in FLAGS if name not in columns]
        if not user_rows.has_groups():
            absent += ["group", "role"]
        if not user_rows.has_ids_by_time():
            absent += ["created_since", "created_until"]
        if not user_rows.has_order_of("last_seen_at"):
            absent += ["last_seen_since", "last_seen_until"]
        kept = {name: fields[name] for name in fields if name not in absent}
        if choices := user_rows.statuses():
            kept["status"] = StatusFilter(choices, required=False)
        return {**kept, **user_filters.fields()}
