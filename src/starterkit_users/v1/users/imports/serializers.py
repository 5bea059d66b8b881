"""An import as the administrator who started it sees it."""

from typing import Any

from rest_framework import serializers

from starterkit_core.http.fields import MomentField, WordField
from starterkit_users.models.job import Job


class ImportErrorRow(serializers.Serializer[Any]):
    """A row that was refused; none of its values is kept."""

    line = serializers.IntegerField(
        source="place", read_only=True, help_text="Its first line in the file, from 1."
    )
    field = serializers.CharField(
        read_only=True, help_text="The field, or empty if it is the whole row."
    )
    code = serializers.CharField(read_only=True)


class ImportRepresentation(serializers.Serializer[Any]):
    """An import, and how far it is."""

    id = serializers.CharField(source="job.pk", read_only=True)
    state = WordField(
        Job.State.choices,
        component="UsersJobState",
        source="job.state",
        read_only=True,
    )
    code = serializers.CharField(
        source="job.code", read_only=True, help_text="Why it failed, or empty."
    )
    dry_run = serializers.BooleanField(source="job.options.dry_run", read_only=True)
    lines = serializers.IntegerField(
        source="job.total", read_only=True, help_text="Lines of the file."
    )
    lines_done = serializers.IntegerField(source="job.done", read_only=True)
    created = serializers.IntegerField(source="counts.created", read_only=True)
    updated = serializers.IntegerField(source="counts.updated", read_only=True)
    unchanged = serializers.IntegerField(source="counts.unchanged", read_only=True)
    refused = serializers.IntegerField(source="counts.refused", read_only=True)
    errors = ImportErrorRow(  # type: ignore[assignment]  # DRF takes it off the class
        many=True, read_only=True, help_text="The first 100 rows that were refused."
    )
    created_at = MomentField(source="job.created_at", read_only=True)
    finished_at = MomentField(source="job.finished_at", read_only=True, allow_null=True)
