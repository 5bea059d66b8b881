"""Schemathesis on every operation, signed in and not: no answer that is not documented.

The application is called in this process and in the transaction of the test. Each
example begins with the same database, and what waits for its commit runs.
"""

from collections.abc import Iterable
from functools import cache
from http import HTTPStatus
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from django.test import TestCase
from hypothesis import HealthCheck, settings
from schemathesis.core.failures import AcceptedNegativeData, FailureGroup
from schemathesis.openapi.checks import RejectedPositiveData, UndefinedStatusCode

from starterkit_auth.conf import AuthSettings
from starterkit_auth.conftest import open_session
from starterkit_auth.services import addresses
from tests.documented import document

pytestmark = pytest.mark.django_db

OURS = r"^/api/(auth|users|terms)/|^/api/sample/v1/things/"
"""Our operations, and one that takes an ``Idempotency-Key``."""

BEYOND_SCHEMAS = {
    "blank",  # text is trimmed first; a password is not
    "either_or",  # a code or a token: generators make no types of such a rule
    "either",  # ids or filters, and what each act takes
    "count",
    "needed",
    "not_taken",
    "null_characters_not_allowed",  # a password may have any character but this one
    "invalid",  # an address: the format of JSON Schema takes more than mail does
    "unsafe",  # control characters
    "past",  # the end of a suspension
    "word",  # the reason of a bulk erasure is one of a few
    "mapping",  # JSON within a query
}
"""Codes of what is wrong with a field although its schema takes the value."""

UNLISTED = {
    ("/time_zone", "invalid_choice"),  # 600 names, which change with the computer
    ("/fields", "unknown"),  # names with commas between them
    ("/fields", "repeated"),
}
"""Fields, and codes, of names that a schema has no list of."""

OF_ANY = HTTPStatus.REQUEST_URI_TOO_LONG
"""The document says of all operations at once that they may answer so."""

NUL_IN_A_NAME = "A name has a NUL character."
"""Also of a member that no schema declares, and that would be ignored."""

handle = cache(WSGIHandler)


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Answer one request, and run its on-commit callbacks."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        return handle()(environ, start_response)


def load(paths: str) -> Any:
    schema = schemathesis.openapi.from_dict(document())
    schema.app = application
    # The credential is added below; two at once are always refused.
    schema.config.generation.update(with_security_parameters=False)
    return schema.include(path_regex=paths)


schema = load(OURS)
administration = load(r"^/api/users/v1/(users|audit-events)/")
few = settings(
    max_examples=5,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def is_wrong(failure: Exception, response: Any) -> bool:
    """Say whether a failure is one to us, too.

    ``positive_data_acceptance`` wants every body that fits the schema to be taken. A
    wrong code and a weak password fit it; those refusals are documented by their code,
    so of the 400 only ``validation_error`` says that schema and endpoint disagree.
    """
    if response.status_code == OF_ANY:
        return not isinstance(failure, UndefinedStatusCode | AcceptedNegativeData)
    if response.status_code == HTTPStatus.PRECONDITION_FAILED:
        return not isinstance(failure, RejectedPositiveData | AcceptedNegativeData)
    if not isinstance(failure, RejectedPositiveData) or response.status_code != 400:
        return True
    problem = response.json()
    if problem["detail"] == NUL_IN_A_NAME:
        return False
    entries = problem.get("errors", [])
    wrong = {entry["code"] for entry in entries}
    if UNLISTED & {(entry["pointer"], entry["code"]) for entry in entries}:
        return False
    general = problem["code"] in {"validation_error", "parse_error", "bad_request"}
    return general and not wrong & BEYOND_SCHEMAS


def check(case: Any, **headers: str) -> None:
    response = case.call(headers=headers)
    try:
        case.validate_response(response, headers=headers)
    except FailureGroup as group:
        if wrong := [one for one in group.exceptions if is_wrong(one, response)]:
            raise FailureGroup(wrong, str(group)) from None


@pytest.fixture(autouse=True)
def no_limits(settings):
    limits = [name for name in AuthSettings.entries if name.endswith("_LIMIT")]
    settings.STARTERKIT_AUTH = dict.fromkeys(limits, "1000000/1s")
    settings.ALLOWED_HOSTS = ["localhost"]


@pytest.fixture(autouse=True)
def one_connection():
    """Leave the connection of the test open, as Django's own test client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@schema.parametrize()
@few
def test_an_anonymous_client_gets_only_documented_answers(case):
    with transaction.atomic():
        check(case)
        transaction.set_rollback(True)


@schema.parametrize()
@few
def test_a_signed_in_user_gets_only_documented_answers(case, user):
    check_as(user, case)


@administration.parametrize()
@few
def test_an_administrator_gets_only_documented_answers(case, make_user):
    check_as(make_user(is_superuser=True), case)


def check_as(user, case: Any) -> None:
    with transaction.atomic():
        addresses.assign(user, user.email, verified=True)
        token = open_session(user).access_token

        check(case, Authorization=f"Bearer {token}")
        transaction.set_rollback(True)
