"""The query of a list: which page of it a client asks for."""

from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
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
    _refuse_repeated(query)
    return PageRequest(**shared(PageQuery).run_validation(query.dict()))


def filters_of(
    query: QueryDict,
    filter_class: type[serializers.BaseSerializer[Any]],
    *,
    in_pages: bool = True,
) -> dict[str, Any]:
    """Return what ``query`` filters by; a filter that is left out is absent.

    ``in_pages`` says whether it may also ask for a page.

    Raises:
        ValidationError: a value is not valid, or a name is repeated or unknown: a
            misspelled filter would find too much.
    """
    _refuse_repeated(query)
    filters: Any = shared(filter_class)
    page: Any = shared(PageQuery)
    known = {*filters.fields, *(page.fields if in_pages else ())}
    if unknown := [name for name in query if name not in known]:
        raise ValidationError(
            dict.fromkeys(unknown, _("There is no such filter.")), "unknown"
        )
    given: dict[str, Any] = filters.run_validation(query.dict())
    return given


def _refuse_repeated(query: QueryDict) -> None:
    if repeated := [name for name, values in query.lists() if len(values) > 1]:
        raise ValidationError(dict.fromkeys(repeated, _("Say it once.")), "repeated")
