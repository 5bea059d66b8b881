"""A bulk act as the administrator who started it sees it."""

from typing import Any

from rest_framework import serializers

from starterkit_core.http.fields import MomentField, WordField
from starterkit_users.models.job import Job, JobRow


class BulkResultRepresentation(serializers.Serializer[Any]):
    """What became of one user."""

    id = serializers.CharField(source="subject_id", read_only=True)
    state = serializers.ChoiceField(JobRow.State.choices, read_only=True)
    code = serializers.CharField(
        read_only=True, help_text="Why it was refused, or empty."
    )


class BulkRepresentation(serializers.Serializer[Any]):
    """A bulk act, and how far it is."""

    id = serializers.CharField(source="job.pk", read_only=True)
    act = serializers.CharField(source="job.options.act", read_only=True)
    state = WordField(
        Job.State.choices,
        component="UsersJobState",
        source="job.state",
        read_only=True,
    )
    code = serializers.CharField(
        source="job.code", read_only=True, help_text="Why it failed, or empty."
    )
    total = serializers.IntegerField(source="job.total", read_only=True)
    done = serializers.IntegerField(
        source="counts.done", read_only=True, help_text="Users on whom it acted."
    )
    refused = serializers.IntegerField(
        source="counts.refused",
        read_only=True,
        help_text="Users on whom it could not act.",
    )
    created_at = MomentField(source="job.created_at", read_only=True)
    finished_at = MomentField(source="job.finished_at", read_only=True, allow_null=True)
    results = BulkResultRepresentation(
        many=True,
        read_only=True,
        help_text="One for each user, in their order; empty if there are more than "
        "100: then read `results/` page by page.",
    )
