"""The query of a list: which page of it a client asks for."""

from typing import Any

from django.http import QueryDict
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from starterkit_core.db.pagination import MAX_LIMIT, USUAL_LIMIT, PageRequest
from starterkit_core.http.shared_serializers import shared


class PageQuery(serializers.Serializer[Any]):
    """The query of a list."""

    cursor = serializers.CharField(default="", allow_blank=True)
    limit = serializers.IntegerField(
        default=USUAL_LIMIT, min_value=1, max_value=MAX_LIMIT
    )
    count = serializers.ChoiceField(["exact", "estimate"], default="")


def page_request_of(query: QueryDict) -> PageRequest:
    """Return which page ``query`` asks for.

    Raises:
        ValidationError: ``limit`` or ``count`` is not valid, or a name is repeated.
    """
    if repeated := [name for name in query if len(query.getlist(name)) > 1]:
        raise ValidationError(dict.fromkeys(repeated, "Say it once."), "repeated")
    return PageRequest(**shared(PageQuery).run_validation(query.dict()))
