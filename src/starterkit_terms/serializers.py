"""Shapes that several endpoints of this module share."""

from typing import Any

from django.core.validators import RegexValidator
from rest_framework import serializers

from starterkit_core.http.fields import MomentField, TextField, WordField
from starterkit_terms.services.visitors import LONGEST_TOKEN

SHA256 = r"^[0-9a-f]{64}\Z"

MOST = 20
"""Maximum of versions that one request can accept."""


class IdField(serializers.UUIDField):
    """A UUID as a JSON string; numbers are refused."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str):
            self.fail("invalid", value=data)
        return super().to_internal_value(data)


class VisitorTokenField(TextField):
    """The token of an earlier answer to a client without an account."""

    def __init__(self, **kwargs: Any) -> None:
        usual: dict[str, Any] = {
            "required": False,
            "max_length": LONGEST_TOKEN,
            "help_text": "The `visitor_token` of an earlier answer, of a caller who "
            "had no account.",
        }
        super().__init__(**usual | kwargs)


class GivenTokenField(serializers.CharField):
    """The token of a client without an account, in an answer."""

    def __init__(self, **kwargs: Any) -> None:
        usual: dict[str, Any] = {
            "required": False,
            "help_text": "Only without an account: send it with the next decision, "
            "and to sign up or in, which binds the decisions to the account.",
        }
        super().__init__(**usual | kwargs)


class NatureField(WordField):
    """What a document is."""

    def __init__(self, **kwargs: Any) -> None:
        natures = ["contract", "notice", "consent", "attestation"]
        super().__init__(natures, component="TermsNature", **kwargs)


class ChangeClassField(WordField):
    """What a new version asks of those who accepted an earlier one."""

    def __init__(self, **kwargs: Any) -> None:
        classes = ["silent", "inform", "active"]
        super().__init__(classes, component="TermsChangeClass", **kwargs)


class AcceptedTextRequest(serializers.Serializer[Any]):
    """A version that is accepted, and the hash of the text that was shown."""

    version = IdField(help_text="The `version` of the document that was shown.")
    content_hash = TextField(
        max_length=64,
        validators=[RegexValidator(SHA256)],
        help_text="Its `content_hash`, which also identifies the language shown.",
    )


class WordingRepresentation(serializers.Serializer[Any]):
    """A version in the language it is shown in."""

    document = serializers.CharField(source="version.document.key")
    nature = NatureField(source="version.document.nature")
    title = serializers.CharField(source="text.title")
    version = serializers.UUIDField(source="version.pk")
    number = serializers.IntegerField(source="version.number")
    label = serializers.CharField(source="version.label")  # type: ignore[assignment]  # DRF has a label
    change_summary = serializers.CharField(source="version.change_summary")
    change_class = ChangeClassField(
        source="version.change_class",
        help_text="`active` must be accepted again by those who accepted an earlier "
        "version; `inform` and `silent` need not.",
    )
    announce_at = MomentField(source="version.announce_at")
    effective_at = MomentField(source="version.effective_at")
    locale = serializers.CharField(
        source="text.locale", help_text="The language of this text."
    )
    locales = serializers.ListField(
        child=serializers.CharField(), help_text="Every language it is available in."
    )
    authoritative_locale = serializers.CharField(
        source="version.authoritative_locale",
        help_text="The language that prevails if texts differ; empty if none does.",
    )
    checkbox = serializers.CharField(
        source="text.checkbox",
        help_text="What the user ticks to accept it; empty if it has no wording.",
    )
    content_hash = serializers.CharField(
        source="text.content_hash",
        help_text="SHA-256 of the text; send it back to accept the document.",
    )


class UpcomingRepresentation(WordingRepresentation):
    """A version that is announced and has not taken effect."""

    enforce_at = MomentField(source="version.deadline")


class DocumentRepresentation(WordingRepresentation):
    """The version in force of one document, with its text."""

    mandatory = serializers.BooleanField(source="version.document.mandatory")
    audience = serializers.CharField(
        source="version.document.audience",
        help_text="Whom it is for; empty if for everybody. A sign-up needs those only.",
    )
    enforce_at = MomentField(source="version.deadline")
    html = serializers.CharField(source="text.html", help_text="Safe to show as it is.")
    source = serializers.CharField(  # type: ignore[assignment]  # DRF has a source
        source="text.source", help_text="Markdown."
    )
    upcoming = UpcomingRepresentation(
        many=True, help_text="Versions that are announced, without their texts."
    )


class AccountSectionRepresentation(serializers.Serializer[Any]):
    """What the terms want of a user."""

    pending = serializers.IntegerField(
        help_text="The number of mandatory documents to accept, which "
        "`GET terms/v1/pending/` has."
    )
