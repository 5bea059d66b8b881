"""Builds the OpenAPI document from the active classes.

Import it only to build one: it loads all of drf-spectacular, and with that Django's
test client.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import append_meta, get_doc
from drf_spectacular.settings import spectacular_settings as spectacular
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.fields import DictField

from starterkit_core.db.pagination import MAX_LIMIT, USUAL_LIMIT
from starterkit_core.errors import InvalidCursor, ServiceUnavailable
from starterkit_core.http.access import Access
from starterkit_core.http.idempotency import HEADER, PATTERN, REPLAYED, IdempotencyKey
from starterkit_core.http.parsers import CsvParser
from starterkit_core.http.preconditions import SAFE
from starterkit_core.http.problems import MEDIA_TYPE
from starterkit_core.http.renderers import CsvRenderer
from starterkit_core.http.shapes import LISTS, most_items
from starterkit_core.http.uploads import UploadParser
from starterkit_core.modules import OURS, ModuleConfig, modules
from starterkit_core.openapi.components import (
    EXAMPLES,
    SCHEMAS,
    alternative_name,
    describe_defaults,
    name_enums,
    offer_alternatives,
    share,
)
from starterkit_core.openapi.problems import problem_schema
from starterkit_core.openapi.refusals import (
    BODY_PROBLEMS,
    INVALID,
    UPLOAD_PROBLEMS,
    Refusal,
    problem_response,
)
from starterkit_core.permissions import PassesAccessGates
from starterkit_core.ports import access_gates

for module in modules():
    module.load_openapi()

PAGE_PARAMETERS = [
    OpenApiParameter(
        "cursor",
        str,
        description="Which page to return: `next` or `previous` of another page. Omit "
        "it for the first page.",
    ),
    OpenApiParameter(
        "limit",
        {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": USUAL_LIMIT},
        description="Rows per page.",
    ),
    OpenApiParameter(
        "count",
        str,
        enum=["exact", "estimate"],
        description="Also return the number of all rows, as `count`.",
    ),
]

TAGS = r'^(\*|(W/)?"[!#-~]*"([ \t]*,[ \t]*(W/)?"[!#-~]*")*)$'
"""What ``If-Match`` takes: a list of entity tags (RFC 9110, 8.8.3)."""

RETRY_AFTER = OpenApiParameter(
    "Retry-After",
    int,
    OpenApiParameter.HEADER,
    description="Seconds to wait before a retry.",
    response=[429, 503],
)


def key_parameters(endpoint: Any) -> list[OpenApiParameter]:
    """Return the header with the idempotency key, and those of the answers."""
    if endpoint.idempotency_key is IdempotencyKey.IGNORED:
        return []
    key = OpenApiParameter(
        HEADER,
        {"type": "string", "pattern": PATTERN},
        OpenApiParameter.HEADER,
        required=endpoint.idempotency_key is IdempotencyKey.REQUIRED,
        description="A new random value, such as a UUID, for each request; the same "
        "one for its retries, which then get the first answer and have no effect.",
    )
    replayed = OpenApiParameter(
        REPLAYED,
        {"type": "string", "enum": ["true"]},
        OpenApiParameter.HEADER,
        description="Only if this is the answer to an earlier request with the key.",
        response=[endpoint.success_status.value],
    )
    wait = OpenApiParameter(
        "Retry-After",
        int,
        OpenApiParameter.HEADER,
        description="Seconds to wait before a retry, with `request_in_progress`.",
        response=[409],
    )
    return [key, replayed, wait]


def tag_parameters(endpoint: Any, method: str) -> list[OpenApiParameter]:
    """Return the headers of conditional requests, and ``ETag`` of the answers."""
    if not endpoint.conditional:
        return []
    reads = method in SAFE
    known = OpenApiParameter(
        "If-None-Match",
        str,
        OpenApiParameter.HEADER,
        description="The `ETag` of the answer that you have: 304 if it is current.",
    )
    match = OpenApiParameter(
        "If-Match",
        {"type": "string", "pattern": TAGS},
        OpenApiParameter.HEADER,
        description="The `ETag` of what you have read: 412 if it was changed since, so "
        "that you do not overwrite what you have not seen.",
    )
    success = endpoint.success_status.value
    tag = OpenApiParameter(
        "ETag",
        str,
        OpenApiParameter.HEADER,
        description="The version of what GET answers now, in quotes.",
        response=[success, 304] if reads else [success],
    )
    return [known if reads else match, tag]


class EndpointAutoSchema(AutoSchema):
    """Documents the endpoint that owns the method, with its active classes."""

    def get_operation(self, *args: Any, **kwargs: Any) -> Any:
        """Document the endpoint of this method instead of the view of the URL."""
        method = str(args[3] if len(args) > 3 else kwargs["method"]).lower()  # noqa: PLR2004  # their position
        if endpoint := getattr(self.view, "endpoints", {}).get(method):
            stand_in = endpoint()
            vars(stand_in).update(vars(self.view))
            self.view = stand_in
        operation: Any = super().get_operation(*args, **kwargs)
        if operation:
            self._name_problems(operation)
            if getattr(self._endpoint.active_request(), "alternatives", {}):
                operation["requestBody"]["required"] = True
        return operation

    def resolve_serializer(self, serializer: Any, *args: Any, **kwargs: Any) -> Any:
        """Return the component, and name the enums of one that is ours."""
        component = super().resolve_serializer(serializer, *args, **kwargs)
        given = serializer if isinstance(serializer, type) else type(serializer)
        if component and _module_of(_named_by(given)):
            name_enums(self.registry, component, serializer, self._name_of)
            describe_defaults(component)
            offer_alternatives(self.registry, component, serializer)
        return component

    def _map_serializer_field(
        self, field: Any, direction: Any, *args: Any, **kwargs: Any
    ) -> Any:
        """Add the maximum length of a list of a request, which it has by default."""
        inherited: Any = super()._map_serializer_field
        schema = inherited(field, direction, *args, **kwargs)
        of_request = direction == "request" and spectacular.COMPONENT_SPLIT_REQUEST
        if schema and of_request and isinstance(field, (*LISTS, DictField)):
            name = "maxProperties" if isinstance(field, DictField) else "maxItems"
            schema.setdefault(name, most_items(field))
        return schema

    def _get_format_parameters(self) -> list[Any]:
        """Return none: the query chooses no form of a response; see ``negotiation``."""
        return []

    def get_description(self) -> str:  # type: ignore[override]  # as theirs does
        """Return what the view says of itself, and not what our base class does."""
        text, classes = super().get_description(), type(self.view).__mro__
        # Importing the base class here would be a circle.
        base = next(it for it in classes if "is_endpoint" in vars(it))
        return "" if text == get_doc(base) else text

    def get_request_serializer(self) -> Any:
        """Return the active request class, or ``{}`` if there is no body."""
        if self._takes_csv:
            return OpenApiTypes.STR
        return self._endpoint.active_request() or {}

    def get_response_serializers(self) -> Any:
        """Return the successful response and every refusal, by status."""
        reads = self.method in SAFE and self._endpoint.conditional
        known = {304: None} if reads else {}
        return (
            self._successes()
            | known
            | {
                (status, MEDIA_TYPE): problem_response(status, refusals)
                for status, refusals in sorted(self._refusals().items())
            }
        )

    def get_override_parameters(self) -> list[Any]:
        """Add what a list and a key take, and ``Retry-After``."""
        filters = self._endpoint.filter_class
        page = PAGE_PARAMETERS if self._endpoint.paginated else []
        key = key_parameters(self._endpoint)
        tag = tag_parameters(self._endpoint, self.method)
        return [*([filters] if filters else []), *page, *key, *tag, RETRY_AFTER]

    def get_examples(self) -> Any:
        """Return those of the endpoint; what ``docs.py`` has comes before."""
        return [*self._endpoint.documented_examples()]

    def get_serializer_name(self, serializer: Any, direction: Any) -> str:
        """Name a component after our class, with the prefix of its module.

        A host's replacement keeps the name, so generated clients keep their types.
        """
        name = self._name_of(_named_by(type(serializer)))
        if name is None:  # the host has it inside a class that replaces ours
            return str(super().get_serializer_name(serializer, direction))
        return name

    @staticmethod
    def _name_of(serializer_class: type) -> str | None:
        """Return the name of a class of ours in the document; None for a host's."""
        module = _module_of(serializer_class)
        if module is None:
            return None
        name = serializer_class.__name__
        for suffix in ("Serializer", "Representation", "Request"):
            name = name.removesuffix(suffix)
        return module.component_prefix + name

    @property
    def _endpoint(self) -> Any:
        return self.view

    @property
    def _takes_csv(self) -> bool:
        return issubclass(self._endpoint.parser_classes[0], CsvParser)

    def _name_problems(self, operation: Any) -> None:
        """Give the operation a type of its own for its problems; share the examples."""
        refusals = [it for some in self._refusals().values() for it in some]
        stem = re.sub(r"[^A-Za-z0-9]", "", operation["operationId"].title())
        ref = problem_schema(self.registry, f"{stem}Problem", refusals)
        for response in operation["responses"].values():
            if content := response.get("content", {}).get(MEDIA_TYPE):
                content["schema"] = ref
                content["examples"] = {
                    name: share(self.registry, EXAMPLES, name, example)
                    for name, example in content["examples"].items()
                }

    def _successes(self) -> dict[Any, Any]:
        status = self._endpoint.success_status.value
        if file_type := getattr(self._endpoint, "file_type", ""):
            return {(status, file_type): OpenApiTypes.BINARY}
        success = self._success()
        if repeated := self._endpoint.repeated_status:
            return {status: success, repeated.value: success}
        return {status: success}

    def _success(self) -> Any:
        response = self._endpoint.active_response()
        if issubclass(self._endpoint.renderer_classes[0], CsvRenderer):
            return OpenApiTypes.STR
        if one := self._endpoint.response_alternative:
            whole = self.resolve_serializer(response(), "response").name
            return {"$ref": f"#/components/schemas/{alternative_name(whole, one)}"}
        if response is None or not self._endpoint.paginated:
            return response
        row = self.resolve_serializer(response(), "response").ref
        name = row["$ref"].rpartition("/")[2]
        return share(self.registry, SCHEMAS, f"{name}Page", self._page_of(row))

    @staticmethod
    def _page_of(row: dict[str, Any]) -> dict[str, Any]:
        cursor = append_meta(
            {"type": "string", "nullable": True},
            {"description": "The `cursor` of that page; null if there is none."},
        )
        return {
            "type": "object",
            "required": ["results", "next", "previous"],
            "properties": {
                "results": {"type": "array", "items": row},
                "next": cursor,
                "previous": cursor,
                "count": {
                    "type": "integer",
                    "description": "Only if the parameter `count` was sent.",
                },
            },
        }

    def _refusals(self) -> dict[int, list[Refusal]]:
        """Return every refusal, by status."""
        found: dict[int, list[Refusal]] = defaultdict(list)
        for refusal in [*self._general(), *self._own()]:
            if refusal not in found[refusal.status]:
                found[refusal.status].append(refusal)
        return found

    def _own(self) -> Iterator[Refusal]:
        yield from map(Refusal.of, self._endpoint.documented_refusals())

    def _general(self) -> Iterator[Refusal]:
        """Yield the refusals that depend on the kind of the endpoint."""
        yield Refusal(406, "not_acceptable", "There is no such representation.")
        yield Refusal.of(ServiceUnavailable)
        takes = ("request_class", "paginated", "filter_class")
        if any(getattr(self._endpoint, name) for name in takes):
            yield INVALID
        if self._takes_csv:
            yield from BODY_PROBLEMS
        if self._endpoint.request_class:
            yield from UPLOAD_PROBLEMS if self._is_upload() else BODY_PROBLEMS
        if self._endpoint.paginated:
            yield Refusal.of(InvalidCursor)
        if "{" in self.path:
            yield Refusal(
                404, "not_found", "There is no such thing, or it is not yours."
            )
        yield from self._access()

    def _access(self) -> Iterator[Refusal]:
        """Yield the refusals that depend on who may call it."""
        for authenticator in self.view.get_authenticators():
            yield Refusal(401, "authentication_failed", "Sign in again.")
            yield from map(Refusal.of, getattr(authenticator, "raises", ()))
        signed_in = Refusal(401, "not_authenticated", "Sign in first.")
        if self._endpoint.access is Access.OPTIONAL:
            yield signed_in  # a part of what it does may need a user
        if self._is_public():
            return
        yield signed_in
        yield Refusal(403, "permission_denied", "You may not do this.")
        for gate in access_gates.gates() if self._is_gated() else []:
            yield Refusal.of_gate(gate)

    def _is_upload(self) -> bool:
        parsers: Any = self._endpoint.parser_classes
        return any(issubclass(parser, UploadParser) for parser in parsers)

    def _is_gated(self) -> bool:
        permissions = self.view.get_permissions()
        return any(isinstance(it, PassesAccessGates) for it in permissions)

    def _is_public(self) -> bool:
        return {} in self.get_auth() or not self.view.get_permissions()


def _named_by(serializer_class: type) -> type:
    """Return the class of ours that a host's replacement subclasses."""
    for base in serializer_class.__mro__:
        if base.__module__.startswith(OURS):
            return base
    return serializer_class


def _module_of(serializer_class: type) -> ModuleConfig | None:
    """Return the module that a serializer class belongs to; None for a host's app."""
    config = apps.get_containing_app_config(serializer_class.__module__)
    return config if isinstance(config, ModuleConfig) else None
