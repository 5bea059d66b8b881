"""Bodies of which a client sends, or gets, one of several kinds."""

from collections.abc import Collection, Mapping
from typing import Any, ClassVar

from rest_framework import serializers


class Alternatives:
    """Base of serializers whose fields belong to alternatives; one of them is meant.

    The document shows each alternative as a component of its own, so that a generated
    client knows which fields go together. What a subclass of a host adds is in all.
    """

    alternatives: ClassVar[Mapping[str, Collection[str]]] = {}
    """The fields that each one has and others lack, by the end of its name."""

    told_apart: ClassVar[tuple[str, Mapping[str, str]] | None] = None
    """The field that tells them apart, with its value in each; None if none does."""


class OneOfRequest(Alternatives, serializers.Serializer[Any]):
    """A body that has exactly the fields of one alternative, and those of all."""

    mixed: ClassVar[Any]
    """What a client is told that sends others."""

    def validate(self, attrs: Mapping[str, Any]) -> Mapping[str, Any]:
        known = [{*fields} for fields in self.alternatives.values()]
        if attrs.keys() & set().union(*known) not in known:
            raise serializers.ValidationError(self.mixed, code="either_or")
        return attrs
