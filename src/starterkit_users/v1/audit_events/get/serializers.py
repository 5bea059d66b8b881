from typing import Any

from rest_framework import serializers

from starterkit_core.http.fields import GivenMomentField, LineField, MomentField
from starterkit_core.models import AuditEvent


class ListAuditEventsFilters(serializers.Serializer[Any]):
    """What the list of audit events can be narrowed to."""

    action = LineField(
        max_length=64, required=False, help_text="Such as `auth.signed_in`."
    )
    actor = LineField(
        max_length=64, required=False, help_text="Id of the user who acted."
    )
    impersonator = LineField(
        max_length=64,
        required=False,
        help_text="Id of the administrator who acted as another user.",
    )
    subject = LineField(
        max_length=64, required=False, help_text="Id of whom or what it is about."
    )
    since = GivenMomentField(required=False, help_text="From this moment on.")
    until = GivenMomentField(required=False, help_text="Before this moment.")


class AuditEventRepresentation(serializers.Serializer[AuditEvent]):
    """One event, as administrators see it."""

    id = serializers.UUIDField()
    created_at = MomentField()
    action = serializers.CharField(help_text="Stable name, such as auth.signed_in.")
    actor_id = serializers.CharField(
        help_text="Id of the user who acted; empty if none was signed in, or a "
        "pseudonym if the account is gone."
    )
    impersonator_id = serializers.CharField(
        help_text="Id of the administrator who acted as the actor; empty otherwise."
    )
    subject_type = serializers.CharField(help_text="Such as starterkit_users.User.")
    subject_id = serializers.CharField()
    address = serializers.CharField(
        help_text="Network address of the client; the project may shorten or omit it."
    )
    user_agent = serializers.CharField()
    request_id = serializers.CharField(
        help_text="Also in the log lines of the request."
    )
    reason = serializers.CharField(
        help_text="What the actor wrote; empty otherwise, or if the account is gone."
    )
    facts = serializers.DictField(help_text="Details, by name; no secrets.")
