"""The placeholder for a value that is not known when SQL is compiled."""

from typing import Any, Self

from django.db.models import Field, Value


class Hole(Value):
    """An expression that the ORM compiles to ``%s``, with itself as the parameter.

    Each hole equals only itself, so it is found again among the parameters.
    """

    def __init__(self) -> None:
        # A field asks what an expression puts out, and a hole has no value to tell.
        super().__init__(None, output_field=Field())

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)

    def resolve_expression(self, *args: Any, **kwargs: Any) -> Self:
        return self

    def copy(self) -> Self:
        """Return itself: a copy would be another hole."""
        return self

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        return "%s", [self]
