"""Plans of the statements of hot requests and of admin pages, on the full database.

Each request is sent in this process; each of its SELECTs is explained as it runs.
"""

import json
import sys
import time
from collections.abc import Iterator
from itertools import chain
from typing import Any, NamedTuple
from uuid import uuid4

from django.apps import apps
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, setup_test_environment
from django.urls import reverse

from benchmarks.load.fill import PASSWORD

AUTH = "/api/auth/v1/"
JSON = "application/json"
MANY = 10_000
"""Rows; a statement that drops more looked for few of them without an index."""

SLOW = 0.3
"""Seconds that a page of the admin may take."""

SEARCHED = "person77@example.com"


class Step(NamedTuple):
    """A request, and the worst of its statements."""

    name: str
    seconds: float
    statements: int
    buffers: int
    walked: list[str]


def report(large: int) -> None:
    """Print a line for each request; tables with so many rows are not to be walked."""
    setup_test_environment()  # pages say what they show; no mail leaves
    sys.stdout.write(
        "| Request | s | Statements | Buffers | Walks |\n|---|---|---|---|---|\n"
    )
    walks = slow = 0
    for step in chain(_hot(_big(large)), _admin(_big(large))):
        walks += bool(step.walked)
        slow += step.seconds > SLOW
        sys.stdout.write(
            f"| {step.name} | {step.seconds:.2f} | {step.statements} | "
            f"{step.buffers:,} | {', '.join(step.walked)} |\n"
        )
        sys.stdout.flush()
    sys.stdout.write(f"\n{walks} requests walk a table of {large:,} rows or more; ")
    sys.stdout.write(f"{slow} take more than {SLOW} s\n")


def _hot(big: set[str]) -> Iterator[Step]:
    user = get_user_model().objects.get(email="person3@example.com")
    user.set_password(PASSWORD)  # with the cheap hasher
    user.save(update_fields=["password"])
    right = {"email": user.email, "password": PASSWORD}
    client = Client(headers={"X-Forwarded-For": "10.1.2.3"})
    tokens = client.post(f"{AUTH}session/", right, JSON).json()
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    someone = {"email": f"new{uuid4()}@example.com", "password": PASSWORD}
    for method, path, body in (
        ("GET", "/api/users/v1/me/", None),
        ("PATCH", "/api/users/v1/me/", {"first_name": "Ada"}),
        ("GET", f"{AUTH}session/", None),
        ("GET", f"{AUTH}sessions/", None),
        ("GET", f"{AUTH}events/", None),
        ("GET", "/api/terms/v1/documents/", None),
        ("GET", "/api/terms/v1/pending/", None),
        ("GET", "/api/notes/v1/notes/", None),
        ("POST", f"{AUTH}session/", right),
        ("POST", f"{AUTH}session/", {**right, "password": "wrong " * 4}),
        ("POST", f"{AUTH}session/", someone),
        ("POST", f"{AUTH}session/refresh/", {"refresh_token": tokens["refresh_token"]}),
        ("POST", f"{AUTH}password/reset/", {"email": user.email}),
        ("POST", f"{AUTH}password/reset/", {"email": someone["email"]}),
        ("POST", f"{AUTH}registration/", someone),
        ("POST", f"{AUTH}registration/", right),
    ):
        private = {} if body and "first_name" not in body else bearer
        yield _step(client, big, method, path, body, private)


def _admin(big: set[str]) -> Iterator[Step]:
    client = Client()
    client.force_login(get_user_model().objects.get(is_superuser=True))
    for model, of_model in admin.site._registry.items():  # noqa: SLF001  # Django has no list
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
        address = reverse(name)
        page = client.get(address)
        if "cl" not in (page.context or ()):
            continue
        yield _step(client, big, "GET", address)
        if of_model.search_fields:
            yield _step(client, big, "GET", f"{address}?q={SEARCHED}")
            yield _step(client, big, "GET", f"{address}?q=Nobody")
        for query in _queries(page.context["cl"]):
            yield _step(client, big, "GET", f"{address}{query}")
        for row in page.context["cl"].result_list[:1]:
            yield _step(client, big, "GET", f"{address}{row.pk}/change/")
            yield _step(client, big, "GET", f"{address}{row.pk}/delete/")
        yield _step(client, big, "GET", f"{address}add/")


def _queries(changes: Any) -> Iterator[str]:
    """Yield what the filters and the headings of the columns link to."""
    for spec in changes.filter_specs:
        for choice in list(spec.choices(changes))[:6]:
            if not choice["selected"]:
                yield choice["query_string"]
    offered = changes.model_admin.get_sortable_by(None)
    for index, name in enumerate(changes.list_display):
        if name in offered and changes.get_ordering_field(name):
            yield f"?o={index}"


def _step(client: Client, big: set[str], method: str, *request: Any) -> Step:
    """Send a request; what changes nothing is sent three times, for the best time."""
    steps = [
        _sent(client, big, method, *request) for _ in range(3 if method == "GET" else 1)
    ]
    return min(steps, key=lambda step: step.seconds)


def _sent(  # noqa: PLR0917  # method, path and body, as a request has them
    client: Client,
    big: set[str],
    method: str,
    path: str,
    body: Any = None,
    headers: Any = None,
) -> Step:
    content = json.dumps(body) if body else ""
    begin = time.perf_counter()
    with CaptureQueriesContext(connection) as captured:
        answer = client.generic(method, path, content, JSON, headers=headers)
    seconds = time.perf_counter() - begin
    name = f"{method} {path} → {answer.status_code}"
    plans = [_plan(query["sql"]) for query in captured if _is_select(query["sql"])]
    walked = {walk for plan in plans for walk in _walks(plan, big)}
    buffers = max(map(_buffers, plans), default=0)
    return Step(name, seconds, len(captured), buffers, sorted(walked))


def _is_select(statement: str) -> bool:
    return statement.lstrip("( ").upper().startswith(("SELECT", "WITH"))


def _plan(statement: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}")
        found = cursor.fetchone()[0]
    document = json.loads(found) if isinstance(found, str) else found
    return document[0]["Plan"]


def _walks(plan: Any, big: set[str]) -> Iterator[str]:
    """Yield each big table of which a node reads or drops most rows."""
    table = plan.get("Relation Name")
    if table in big and plan["Node Type"] == "Seq Scan":
        yield f"{table}: sequential"
    if table in big and plan.get("Rows Removed by Filter", 0) > MANY:
        yield f"{table}: {plan['Rows Removed by Filter']:,} rows dropped"
    for inner in plan.get("Plans", ()):
        yield from _walks(inner, big)


def _buffers(plan: Any) -> int:
    return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])


def _big(rows: int) -> set[str]:
    """Return the tables that have at least so many rows."""
    tables = {model._meta.db_table for model in apps.get_models()}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples >= %s",
            [rows],
        )
        return tables & {name for (name,) in cursor.fetchall()}
