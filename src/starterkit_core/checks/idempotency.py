"""E040 and W040: endpoints that cannot keep an answer; answers kept too long."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from django.core.checks import CheckMessage

from starterkit_core.checks.messages import error, warning
from starterkit_core.checks.unmigrated import asks_accounts
from starterkit_core.db.databases import accounts_database
from starterkit_core.http.endpoints import EndpointView
from starterkit_core.http.fields import IssuedSecretField
from starterkit_core.http.idempotency import IdempotencyKey
from starterkit_core.http.shared_serializers import is_per_request
from starterkit_core.modules import load_all_use_cases
from starterkit_core.services import idempotency


def check_kept_answers(**kwargs: Any) -> list[CheckMessage]:
    """E040: an endpoint takes an ``Idempotency-Key`` and cannot keep its answer."""
    load_all_use_cases()
    hint = "Set idempotency_key = IdempotencyKey.IGNORED on the view."
    return [
        error("starterkit_core.E040", f"{key}: {problem}.", hint, obj=view)
        for key, view in sorted(EndpointView.known.items())
        if view.idempotency_key is not IdempotencyKey.IGNORED
        for problem in _problems(view)
    ]


@asks_accounts
def check_retention(**kwargs: Any) -> list[CheckMessage]:
    """W040: ``starterkit purge`` does not run; checked with ``--database`` only."""
    if not idempotency.is_behind():
        return []
    text = "Kept answers should have been deleted more than a week ago."
    hint = "Run manage.py starterkit purge once a day."
    return [warning("starterkit_core.W040", text, hint)]


def _problems(view: type[EndpointView]) -> Iterator[str]:
    with suppress(ImportError, AttributeError):  # E003 says so
        use_case, response = view.use_case.active(), view.active_response()
        if not use_case.atomic:
            yield "the use case only reads, so there is no effect to repeat"
        if use_case.database not in {None, accounts_database()}:
            yield "the use case writes to another database than answers are kept in"
        if response and not is_per_request(response) and _issues_secrets(response()):
            yield "the answer has a secret, and those are never kept"


def _issues_secrets(field: Any) -> bool:
    parts = [*getattr(field, "fields", {}).values(), getattr(field, "child", None)]
    return isinstance(field, IssuedSecretField) or any(
        _issues_secrets(part) for part in parts if part is not None
    )
