"""The editable fields of an account in requests."""

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from starterkit_core.http.fields import LanguageField, LineField, TimeZoneField
from starterkit_users.services.account_fields import (
    EDITABLE,
    NAMES,
    account_fields,
    may_change,
)

NAME_MAX_LENGTH = 150
NOT_HERE = _("An account has no such field here.")


class AccountFieldsRequest(serializers.Serializer[Any]):
    """The editable fields that the user model has; each may be left out."""

    per_request = False  # get_fields() is the same for every request

    first_name = LineField(max_length=NAME_MAX_LENGTH, required=False, allow_blank=True)
    last_name = LineField(max_length=NAME_MAX_LENGTH, required=False, allow_blank=True)
    username = LineField(max_length=NAME_MAX_LENGTH, required=False, allow_blank=True)
    phone = LineField(max_length=NAME_MAX_LENGTH, required=False, allow_blank=True)
    locale = LanguageField(
        required=False,
        allow_blank=True,
        help_text="The language of texts and mails; empty lets the header "
        "`Accept-Language` decide.",
    )
    time_zone = TimeZoneField(
        required=False,
        allow_blank=True,
        help_text="A name of the IANA database, such as `America/Sao_Paulo`.",
    )

    def get_fields(self) -> dict[str, "serializers.Field[Any, Any, Any, Any]"]:
        """Return the fields that the user model has, as its columns take them.

        A field that a host's subclass declares stays as it is there.
        """
        fields, columns = super().get_fields(), account_fields()
        for name in self._declared_here():
            if not may_change(name):
                del fields[name]
            elif name in NAMES:
                fields[name] = _field_of(columns[name])
        return fields

    def to_internal_value(self, data: Any) -> Any:
        """Refuse the fields that the user model lacks: they would change nothing."""
        missing = [name for name in self._declared_here() if name not in self.fields]
        if isinstance(data, Mapping) and (sent := [it for it in missing if it in data]):
            refused = {name: [NOT_HERE] for name in sent}
            raise serializers.ValidationError(refused, "unknown")
        return super().to_internal_value(data)

    def _declared_here(self) -> list[str]:
        """Return the editable fields that no subclass of a host declares its way."""
        ours = AccountFieldsRequest._declared_fields
        return [it for it in EDITABLE if self._declared_fields.get(it) is ours[it]]


def _field_of(column: "models.Field[object, object]") -> LineField:
    return LineField(
        max_length=column.max_length or NAME_MAX_LENGTH,
        required=False,
        allow_blank=column.blank,
    )
