"""The refusals of an operation, as the document shows them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from django.apps import apps
from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.utils import OpenApiExample, OpenApiResponse
from rest_framework import serializers

from starterkit_core.errors import DomainError
from starterkit_core.http.problems import type_of
from starterkit_core.ports.access_gates import AccessGate


class Refusal(NamedTuple):
    """One refusal as the document shows it."""

    status: int
    code: str
    sentence: str
    facts: Mapping[str, Any] = MappingProxyType({})
    prefix: str = "Api"
    """What the names of components begin with that describe the facts."""

    @classmethod
    def of(cls, error: type[DomainError]) -> "Refusal":
        """Return the refusal of an error class."""
        status, message = error.status.value, str(error.message)
        config = apps.get_containing_app_config(error.__module__)
        prefix = getattr(config, "component_prefix", "") or "Api"
        return cls(status, error.code, message, error.example, prefix)

    @classmethod
    def of_gate(cls, gate: AccessGate) -> "Refusal":
        """Return the gate's refusal; a generic one if it has no ``raises``."""
        for error in getattr(gate, "raises", ()):
            return cls.of(error)
        return cls(403, gate.code, "Something is outstanding first.")


INVALID = Refusal(
    400,
    "validation_error",
    "Some fields are not valid.",
    {
        "errors": [
            {
                "pointer": "/field",
                "code": "required",
                "detail": "This field is required.",
            }
        ]
    },
)

BODY_PROBLEMS = [
    Refusal(400, "parse_error", "The request body is not valid JSON."),
    Refusal(413, "body_too_large", "The request body is too large."),
    Refusal(415, "unsupported_media_type", "Send application/json."),
]

UPLOAD_PROBLEMS = [
    Refusal(400, "parse_error", "The request body is not valid multipart/form-data."),
    Refusal(413, "body_too_large", "The request body is too large."),
    Refusal(415, "unsupported_media_type", "Send multipart/form-data."),
]


class FieldErrorSerializer(serializers.Serializer[Any]):
    """One error in the request."""

    pointer = serializers.CharField(
        help_text="JSON pointer to the value, such as `/client/device_name`; empty for "
        "the whole body."
    )
    code = serializers.CharField(help_text="Stable, machine-readable reason.")
    detail = serializers.CharField(help_text="A sentence for users.")


class ProblemSerializer(serializers.Serializer[Any]):
    """Why a request was refused (RFC 9457). Clients branch on `code`.

    Some codes have additional members, which their example shows.
    """

    type = serializers.CharField(
        help_text="URL of a page that explains this problem, or `about:blank`."
    )
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(help_text="A sentence for users.")
    instance = serializers.CharField(help_text="The path of the request.")
    code = serializers.CharField(help_text="Stable, machine-readable name.")
    request_id = serializers.CharField(help_text="Also in the header `X-Request-ID`.")
    errors = FieldErrorSerializer(  # type: ignore[assignment]  # DRF has one, too
        many=True, required=False, help_text="With `validation_error`."
    )


class ProblemExtension(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]  # theirs
    """Allows the additional members that some codes have."""

    target_class = ProblemSerializer

    def map_serializer(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        """Return the schema with ``additionalProperties``."""
        schema = super().map_serializer(auto_schema, direction)
        return {**schema, "additionalProperties": True}


def problem_response(status: int, refusals: list[Refusal]) -> OpenApiResponse:
    """Return one documented response with an example for each code."""
    return OpenApiResponse(
        response=ProblemSerializer,
        description=", ".join(f"`{refusal.code}`" for refusal in refusals),
        examples=[
            OpenApiExample(
                refusal.code,
                value={
                    **refusal.facts,
                    "type": type_of(refusal.code),
                    "title": refusal.code.replace("_", " ").capitalize(),
                    "status": status,
                    "detail": refusal.sentence,
                    "instance": "/",
                    "code": refusal.code,
                    "request_id": "0199f0a3c5b87d7e8a41f0c2d3e4f5a6",
                },
            )
            for refusal in refusals
        ],
    )
