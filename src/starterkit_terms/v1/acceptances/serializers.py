"""The shape of an acceptance, shared by the methods of this resource."""

from typing import Any

from rest_framework import serializers

from starterkit_core.http.fields import MomentField, WordField

ACTIONS = ["accepted", "acknowledged", "given", "refused", "withdrawn", "expired"]


class ActionField(WordField):
    """What was done about a document."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(ACTIONS, component="TermsAction", **kwargs)


class MethodField(WordField):
    """How it was done."""

    def __init__(self, **kwargs: Any) -> None:
        methods = ["api", "sign_up", "admin", "time", "imported", "visitor", "bound"]
        super().__init__(methods, component="TermsMethod", **kwargs)


class AcceptanceRepresentation(serializers.Serializer[Any]):
    """What was done about a document, and when."""

    id = serializers.UUIDField(source="pk")
    document = serializers.CharField(source="version.document.key")
    version = serializers.UUIDField(source="version.pk")
    number = serializers.IntegerField(source="version.number")
    label = serializers.CharField(source="version.label")  # type: ignore[assignment]  # DRF has a label
    locale = serializers.CharField()
    content_hash = serializers.CharField()
    wording = serializers.CharField(
        help_text="What was shown beside the checkbox; empty if there was none."
    )
    action = ActionField()
    method = MethodField(
        help_text="How it was done; `time` if a consent has expired.",
    )
    happened_at = MomentField()
    expires_at = MomentField(
        allow_null=True, help_text="When a given consent ends; null if it does not."
    )
