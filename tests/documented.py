"""The OpenAPI document of the test project, and what each operation documents."""

from collections.abc import Iterator
from functools import cache
from http import HTTPStatus
from typing import Any, NamedTuple

from django.urls import get_resolver
from drf_spectacular.generators import EndpointEnumerator, SchemaGenerator

from starterkit_core.http.endpoints import EndpointView


class Operation(NamedTuple):
    """One documented operation and the endpoint it stands for."""

    key: str
    view: type[EndpointView]
    method: str
    path: str
    content: dict[str, Any]

    def answers(self) -> dict[int, dict[str, Any]]:
        """Return what the operation answers, by status, shared answers in full."""
        return {
            int(status): resolved(answer)
            for status, answer in self.content["responses"].items()
        }

    def bodies(self) -> list[dict[str, Any]]:
        """Return what is sent, then everything that may be answered."""
        return [self.content.get("requestBody", {}), *self.answers().values()]

    def problems(self) -> list[dict[str, Any]]:
        """Return the example of every refusal."""
        return [
            example["value"]
            for status, answer in self.answers().items()
            if status >= HTTPStatus.BAD_REQUEST
            for example in examples_of(answer).values()
        ]


def resolved(part: dict[str, Any]) -> dict[str, Any]:
    """Return what a part stands for that may be a reference to a component."""
    *_, kind, name = ["", "", *part.get("$ref", "").split("/")]
    return document()["components"][kind][name] if name else part


def examples_of(part: dict[str, Any]) -> dict[str, Any]:
    """Return the examples of a request body or of an answer, by name."""
    return {
        name: resolved(example)
        for content in part.get("content", {}).values()
        for name, example in content.get("examples", {}).items()
    }


def generate() -> dict[str, Any]:
    return SchemaGenerator().get_schema(request=None, public=True)


@cache
def document() -> dict[str, Any]:
    """Return the document of the project as it is, generated once."""
    return generate()


@cache
def operations() -> tuple[Operation, ...]:
    """Return every operation that an endpoint of a module stands behind."""
    return tuple(op for op in _operations() if op.key.startswith("starterkit_"))


def _operations() -> Iterator[Operation]:
    everything = EndpointEnumerator(get_resolver().url_patterns)
    for path, _regex, verb, callback in everything.get_api_endpoints():
        method = verb.lower()
        if view := getattr(callback.cls, "endpoints", {}).get(method):
            content = document()["paths"][path][method]
            yield Operation(view.use_case.key, view, method, path, content)
