"""Request body of POST v1/users/bulk/."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from starterkit_core.http.fields import (
    FlagField,
    FlagParameter,
    GivenMomentField,
    LineField,
    ListField,
    TextField,
)
from starterkit_core.utils import moments
from starterkit_users.services.bulk_acts import BulkAct, acts
from starterkit_users.v1.role_keys import RoleKeysField
from starterkit_users.v1.users.serializers import RolesParameter, UsersQuery

MOST_IDS = 500
LONGEST_ID = 64
LONGEST_REASON = 500


TAKEN = ("reason", "until", "roles")
"""What an act may take besides."""


class BulkFilters(UsersQuery):
    """The filters of the list, as JSON; any other name is refused."""

    per_request = False  # get_fields() is the same for every request

    default_error_messages = {"unknown": _("There is no such filter.")}

    def get_fields(self) -> dict[str, "serializers.Field[Any, Any, Any, Any]"]:
        """Return the filters; flags, also of other modules, and lists are JSON here."""
        return {name: _as_json(field) for name, field in super().get_fields().items()}

    def to_internal_value(self, data: Any) -> Any:
        """Refuse unknown names: a misspelled filter would find too much."""
        unknown = [*data] if isinstance(data, Mapping) else []
        refused = [name for name in unknown if name not in self.fields]
        if refused:
            text = self.error_messages["unknown"]
            raise serializers.ValidationError(dict.fromkeys(refused, text), "unknown")
        return super().to_internal_value(data)


def _as_json(
    field: "serializers.Field[Any, Any, Any, Any]",
) -> "serializers.Field[Any, Any, Any, Any]":
    if isinstance(field, FlagParameter):
        return FlagField(required=False, help_text=field.help_text)
    if isinstance(field, RolesParameter):
        return RoleKeysField(
            min_length=1,
            required=False,
            help_text="Keys of roles; users with one of them.",
        )
    return field


class StartBulkRequest(serializers.Serializer[Any]):
    """One act, and ids or filters."""

    per_request = False  # get_fields() is the same for every request

    act = serializers.ChoiceField([])
    ids = ListField(
        child=LineField(max_length=LONGEST_ID),
        max_length=MOST_IDS,
        required=False,
        min_length=1,
    )
    filters = BulkFilters(required=False, help_text="Instead of `ids`.")
    count = serializers.IntegerField(
        required=False,
        min_value=0,
        max_value=2**31 - 1,
        help_text="How many users that should be; needed with `filters`.",
    )
    reason = TextField(
        max_length=LONGEST_REASON,
        required=False,
        help_text="If the act takes one; `erase` takes a word, as `DELETE` does. Users "
        "read it only in the export of their data.",
    )
    until = GivenMomentField(
        required=False, help_text="When it ends, if the act ends by itself."
    )
    roles = RoleKeysField(
        required=False,
        help_text="Keys of roles, if the act sets, adds or removes them.",
    )

    default_error_messages = {
        "act": _("There is no such act."),
        "either": _("Send either ids or filters."),
        "count": _("Send the number of users with the filters."),
        "not_taken": _("This act does not take it."),
        "needed": _("This act needs it."),
        "past": _("This moment has passed."),
        "word": _("This act takes one of these words: {words}."),
    }

    def get_fields(self) -> dict[str, "serializers.Field[Any, Any, Any, Any]"]:
        """Return the fields, with the acts that this project has."""
        fields = super().get_fields()
        # DRF's own text repeats what was sent.
        texts = {"invalid_choice": self.error_messages["act"]}
        fields["act"] = serializers.ChoiceField(sorted(acts()), error_messages=texts)
        return fields

    def validate(self, attrs: Any) -> Any:
        """Check that the members fit together."""
        if ("ids" in attrs) == ("filters" in attrs):
            self._refuse("ids", "either")
        if "filters" in attrs and "count" not in attrs:
            self._refuse("count", "count")
        self._check_taken(acts()[attrs["act"]], attrs)
        return attrs

    def _check_taken(self, act: BulkAct, attrs: Mapping[str, Any]) -> None:
        for name in TAKEN:
            if name in attrs and name not in act.takes:
                self._refuse(name, "not_taken")
            if name not in attrs and name in act.needs:
                self._refuse(name, "needed")
        for name, words in act.words.items():
            if name in attrs and attrs[name] not in words:
                self._refuse(name, "word", words=", ".join(words))

    def validate_until(self, until: datetime) -> datetime:
        """Refuse an end in the past: the act would have ended before it began."""
        if until <= timezone.now():
            raise serializers.ValidationError(self.error_messages["past"], "past")
        return until

    def _refuse(self, name: str, code: str, **facts: str) -> None:
        text = str(self.error_messages[code]).format(**facts)
        error = serializers.ErrorDetail(text, code)
        raise serializers.ValidationError({name: [error]})


def given_of(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the act takes besides, as JSON."""
    given = {name: body[name] for name in ("reason", "roles") if name in body}
    return given | ({"until": moments.iso(body["until"])} if "until" in body else {})
