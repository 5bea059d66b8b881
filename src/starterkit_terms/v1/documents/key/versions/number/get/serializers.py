"""Response body of GET v1/documents/<key>/versions/<number>/."""

from rest_framework import serializers

from starterkit_core.http.fields import MomentField
from starterkit_terms.serializers import WordingRepresentation


class VersionRepresentation(WordingRepresentation):
    """A version with its frozen text; none of this ever changes."""

    published_at = MomentField(source="version.published_at")
    enforce_at = MomentField(source="version.deadline")
    html = serializers.CharField(source="text.html", help_text="Safe to show as it is.")
    html_hash = serializers.CharField(
        source="text.html_hash", help_text="SHA-256 of `html`."
    )
    renderer = serializers.CharField(
        source="text.renderer", help_text="What made `html` of `source`."
    )
    source = serializers.CharField(  # type: ignore[assignment]  # DRF has a source
        source="text.source", help_text="Markdown."
    )
