"""Interim: helper 2 replaces this file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

M = TypeVar("M")


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRequest:
    cursor: str = ""
    limit: int = 20
    count: Literal["", "exact", "estimate"] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[M]):
    results: list[M]
    next: str | None
    previous: str | None
    count: int | None = None


def paginate(
    queryset: Any,
    *,
    order_by: Sequence[str],
    request: PageRequest,
    filters: Mapping[str, object] | None = None,
) -> Page[Any]:
    return Page(
        results=list(queryset.order_by(*order_by)[: request.limit]),
        next=None,
        previous=None,
    )
