"""Request body of PUT v1/consents/<key>/."""

from collections.abc import Mapping
from typing import Any

from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from starterkit_core.http.fields import TextField
from starterkit_terms.serializers import (
    SHA256,
    GivenTokenField,
    IdField,
    VisitorTokenField,
)
from starterkit_terms.v1.consents.serializers import DECISIONS, ConsentRepresentation

SHOWN = ("version", "content_hash")


class DecideConsentRequest(serializers.Serializer[Any]):
    """What the user decides, and for giving and refusing the text that was shown."""

    default_error_messages = {"needed": _("Send it with this decision.")}

    # DRF's own text repeats what was sent.
    state = serializers.ChoiceField(
        DECISIONS, error_messages={"invalid_choice": _("There is no such decision.")}
    )
    version = IdField(
        required=False,
        help_text="The `version` that was shown; not needed to withdraw.",
    )
    content_hash = TextField(
        required=False,
        max_length=64,
        validators=[RegexValidator(SHA256)],
        help_text="Its `content_hash`; not needed to withdraw.",
    )
    visitor_token = VisitorTokenField()

    def validate(self, attrs: Mapping[str, Any]) -> Mapping[str, Any]:
        """Refuse to give or refuse without the text that was shown."""
        missing = [name for name in SHOWN if name not in attrs]
        if missing and attrs["state"] != "withdrawn":
            error = str(self.error_messages["needed"])
            raise serializers.ValidationError(
                {name: ErrorDetail(error, "needed") for name in missing}
            )
        return attrs


class DecidedConsentRepresentation(ConsentRepresentation):
    """A consent after a decision."""

    visitor_token = GivenTokenField()
