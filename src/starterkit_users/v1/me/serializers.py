"""An account as its owner sees it."""

from typing import Any

from django.utils.module_loading import import_string
from rest_framework import serializers

from starterkit_core.http.fields import MomentField
from starterkit_core.ports import account_sections
from starterkit_users.models import Status
from starterkit_users.services import avatars, lifecycle
from starterkit_users.services.account_fields import EDITABLE, OF_STATUS, account_fields


class SectionsRepresentation(serializers.Serializer[Any]):
    """What other modules know of an account; null for one that cannot be read."""

    per_request = False  # get_fields() is the same for every request

    def get_fields(self) -> dict[str, "serializers.Field[Any, Any, Any, Any]"]:
        """Return a field for each section that is registered."""
        return {
            name: import_string(section.serializer)(required=False, allow_null=True)
            for name, section in account_sections.sections().items()
        }


class AvatarField(serializers.Field[Any, Any, Any, Any]):
    """The URLs of a user's picture, by its side in pixels; null without one."""

    # Of drf-spectacular, which is imported only to build a document.
    _spectacular_annotation = {
        "field": {
            "type": "object",
            "additionalProperties": {"type": "string", "format": "uri-reference"},
            "nullable": True,
        }
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(source="*", read_only=True, **kwargs)

    def to_representation(self, value: Any) -> dict[str, str] | None:
        return avatars.urls_of(value)


class StatusField(serializers.ChoiceField):
    """The state of an account; a suspension that has ended is ``active``."""

    component = "UsersAccountStatus"
    """Its name in the document, whichever serializer has the field."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=Status.values, **kwargs)

    def get_attribute(self, instance: Any) -> Status:
        return lifecycle.status_of(instance)


class AccountRepresentation(serializers.Serializer[Any]):
    """My account; fields that the project's user model lacks are left out."""

    per_request = False  # get_fields() is the same for every request

    id = serializers.CharField(source="pk", read_only=True)
    email = serializers.EmailField(read_only=True)
    first_name = serializers.CharField(read_only=True)
    last_name = serializers.CharField(read_only=True)
    username = serializers.CharField(read_only=True)
    phone = serializers.CharField(read_only=True)
    locale = serializers.CharField(
        read_only=True,
        help_text="The language of texts and mails; empty if the header "
        "`Accept-Language` decides.",
    )
    time_zone = serializers.CharField(
        read_only=True,
        help_text="A name of the IANA database; empty is that of the service. All "
        "moments of the API are in UTC.",
    )
    avatar = AvatarField(
        help_text="URLs of my picture, by its side in pixels, such as `256`; null if I "
        "have none. Relative ones are relative to this URL."
    )
    created_at = MomentField(read_only=True)
    sections = SectionsRepresentation(
        required=False,
        source="starterkit_sections",  # no user has it: the view adds them
        help_text="Only with the parameter `include`.",
    )
    status = StatusField(read_only=True)
    status_until = MomentField(
        read_only=True,
        allow_null=True,
        help_text="When a suspension ends, or when the account will be erased.",
    )

    def get_fields(self) -> dict[str, "serializers.Field[Any, Any, Any, Any]"]:
        """Return the fields that the user model has, with the names of its columns."""
        fields = super().get_fields()
        columns = account_fields()
        if not account_sections.sections():
            fields.pop("sections", None)
        for name in ("email", *EDITABLE, "created_at", *OF_STATUS):
            if name not in columns:
                fields.pop(name, None)
            elif name in fields and columns[name].name != name:
                fields[name].source = columns[name].name
        if not avatars.are_offered():
            fields.pop("avatar", None)
        return fields
