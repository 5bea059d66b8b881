"""The decorator with which ``docs.py`` files document an endpoint.

Schemas come from the active serializers, error responses from the use case's
``raises``; ``docs.py`` adds prose and examples through ``describe``.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar, cast

from django.utils.module_loading import import_string
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.schemas.inspectors import ViewInspector

F = TypeVar("F", bound=Callable[..., Any])


def describe(
    *,
    operation_id: str,
    tags: Sequence[str],
    summary: str,
    description: str,
    examples: Sequence[OpenApiExample] = (),
    parameters: Sequence[OpenApiParameter] = (),
    auth: Sequence[str] = (),
) -> Callable[[F], F]:
    """Attach an endpoint's prose to its view method; schemas are never given here.

    ``auth`` names the security schemes that an endpoint reads without authenticators.
    """
    prose = extend_schema(
        operation_id=operation_id,
        tags=tags,
        summary=summary,
        description=description,
        examples=examples,
        parameters=parameters,
        auth=_any_of(auth) if auth else None,
    )

    def attach(method: F) -> F:
        # Otherwise extend_schema would subclass the host's DEFAULT_SCHEMA_CLASS. To a
        # mere mixin, drf-spectacular adds the view's own schema class as a base.
        method.kwargs = {"schema": object}  # type: ignore[attr-defined]  # DRF's mark
        return prose(method)

    return attach


def _any_of(schemes: Sequence[str]) -> Any:
    """Return an OpenAPI security that takes one of these schemes, or no credential."""
    return [*({name: []} for name in schemes), {}]


class EndpointSchema(ViewInspector):
    """Lazy descriptor that defers the import of drf-spectacular's schema builder.

    DRF's own ``DefaultSchema`` does the same. The builder takes longer to import than
    a module with all its endpoints, and most processes never build a document.
    """

    def __get__(self, instance: Any, owner: Any) -> ViewInspector:
        """Return the schema that was set on this view, or a new one."""
        found = super().__get__(instance, owner)
        if found is not self:
            return found
        schema = import_string("starterkit_core.openapi.schema.EndpointAutoSchema")()
        schema.view = instance
        return cast("ViewInspector", schema)
