# ruff: noqa: SLF001  # a cursor of the depth, without reading what is before it
"""The list of users, and the users of the administration, on a full database.

Each request is sent in this process, and each of its SELECTs is explained as it ran. It
exits with 1 if a table is read as a whole, if a page in the depth costs more than twice
what the first one does, or if the statements of a list grow with its rows.
"""

import logging
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from http import HTTPStatus
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.apps import apps
from django.conf import settings  # noqa: TID251  # the example's, not ours
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext, setup_test_environment
from django.urls import reverse
from django.utils import timezone

from benchmarks.load.people import GROUPS
from benchmarks.load.plans import _buffers, _is_select, _plan, _queries
from starterkit_core.db import pagination
from starterkit_core.testing.client import ApiClient
from starterkit_users.v1.users.get.serializers import ListUsersFilters
from starterkit_users.v1.users.get.use_case import ORDERS

LARGE = 10_000
"""Rows of a table that no statement may read as a whole."""

DEEP = 0.9
"""Where the page in the depth begins, as a part of all rows."""

SOME = 8
"""Buffers that the height of an index may make a difference of."""

TIMES = 7
"""How often each request is sent; the best time counts."""

MOST_BUFFERS = 2_000
"""What a page of the administration may read; its time depends on the machine."""

PLAIN_FILES = "django.contrib.staticfiles.storage.StaticFilesStorage"

URL = "/api/users/v1/users/"


class Measured(NamedTuple):
    """What a request cost."""

    milliseconds: float
    statements: int
    buffers: int
    walked: set[str]
    answer: Any


class Report:
    """Writes a line for each request, and keeps what is wrong."""

    def __init__(self) -> None:
        self.large = _large()
        self.wrong: list[str] = []
        sys.stdout.write(
            "| Request | ms | Statements | Buffers | Found |\n|---|---|---|---|---|\n"
        )

    def add(self, name: str, client: Any, url: str, *, may_walk: bool = False) -> Any:
        """Send a request, write its line, and return what it cost."""
        found = min(
            (self._sent(client, url) for _ in range(TIMES)),
            key=lambda it: it.milliseconds,
        )
        if found.walked and not may_walk:
            self.wrong.append(f"{name} reads all of {', '.join(sorted(found.walked))}")
        if found.answer.status_code != HTTPStatus.OK:
            self.wrong.append(f"{name} is answered by {found.answer.status_code}")
        sys.stdout.write(
            f"| {name} | {found.milliseconds:.1f} | {found.statements} | "
            f"{found.buffers:,} | {_number(found.answer)} |\n"
        )
        sys.stdout.flush()
        return found

    def _sent(self, client: Any, url: str) -> Measured:
        begin = time.perf_counter()
        answer = client.get(url)
        milliseconds = (time.perf_counter() - begin) * 1000
        with CaptureQueriesContext(connection) as captured:
            client.get(url)
        asked = [it["sql"] for it in captured if _is_select(it["sql"])]
        plans = [_plan(it) for it in asked]
        walked = {it for plan in plans for it in _scans(plan, self.large)}
        buffers = max(map(_buffers, plans), default=0)
        return Measured(milliseconds, len(asked), buffers, walked, answer)


def report() -> None:
    """Measure all of it, and exit with 1 if something is wrong."""
    setup_test_environment()
    logging.disable()  # a line for each request takes time, too
    files = {"staticfiles": {"BACKEND": PLAIN_FILES}}  # none has to be collected
    with override_settings(STORAGES=settings.STORAGES | files):
        _report()


def _report() -> None:
    lines = Report()
    chief = get_user_model()._base_manager.get(is_superuser=True)
    _measure_pages(lines, _api_client(chief))
    _measure_filters(lines, _api_client(chief))
    _measure_counts(lines, _api_client(chief))
    _measure_substrings(lines, _api_client(chief))
    _measure_administration(lines, chief)
    for text in lines.wrong:
        sys.stdout.write(f"WRONG: {text}\n")
    sys.exit(bool(lines.wrong))


def _measure_pages(lines: Report, client: Any) -> None:
    for order in [it for it in _orders() if not it.startswith("-")]:
        for name in (f"-{order}", order):
            first = lines.add(f"first page, `{name}`", client, _url(order=name))
            deep = lines.add(
                f"after {DEEP:.0%} of the rows, `{name}`",
                client,
                _url(order=name, cursor=_cursor(name)),
            )
            if deep.buffers > 2 * first.buffers + SOME:
                lines.wrong.append(f"the depth of {name} costs more than twice")
            if deep.statements > first.statements:
                lines.wrong.append(f"the depth of {name} costs more statements")


def _measure_filters(lines: Report, client: Any) -> None:
    for given in _filters():
        for order in ["", *_orders()]:
            query = {**given, **({"order": order} if order else {})}
            text = " ".join(f"{name}={value}" for name, value in query.items())
            lines.add(f"`{text}`", client, _url(**query))


def _measure_counts(lines: Report, client: Any) -> None:
    lines.add("no count", client, _url())
    lines.add("`count=estimate`", client, _url(count="estimate"))
    lines.add("`count=exact`", client, _url(count="exact"), may_walk=True)
    few = {"is_active": "false"}
    lines.add("`is_active=false count=estimate`", client, _url(**few, count="estimate"))
    lines.add("`is_active=false count=exact`", client, _url(**few, count="exact"))


def _measure_substrings(lines: Report, client: Any) -> None:
    begin = time.perf_counter()
    call_command("users_search_index", stdout=sys.stderr)
    sys.stderr.write(f"{time.perf_counter() - begin:.0f} s\n")
    with override_settings(STARTERKIT_USERS={"SUBSTRING_SEARCH": True}):
        for text in ("ovelace", "grace hopp", "świąt", "ana", "zzz", "%_%", "e.l"):
            for order in ("email", "-created"):
                name = f"`search={text} order={order}`, with the index"
                lines.add(name, client, _url(search=text, order=order))


def _measure_administration(lines: Report, chief: Any) -> None:
    client = Client()
    client.force_login(chief)
    options = get_user_model()._meta
    address = reverse(f"admin:{options.app_label}_{options.model_name}_changelist")
    page = client.get(address)
    some = page.context["cl"].result_list[3]
    field = "app_label=notes&model_name=note&field_name=owner"
    for url in (
        address,
        f"{address}?q={some.email[:8]}",
        f"{address}?q={some.pk}",
        f"{address}?q=nobody",
        f"{address}?p=50",
        *(f"{address}{query}" for query in _queries(page.context["cl"])),
        f"{address}{some.pk}/change/",
        f"{address}{some.pk}/delete/",
        f"{address}add/",
        f"{reverse('admin:autocomplete')}?{field}",
        f"{reverse('admin:autocomplete')}?{field}&term={some.email[:6]}",
    ):
        found = lines.add(f"admin {url}", client, url)
        if found.buffers > MOST_BUFFERS:
            lines.wrong.append(f"admin {url} reads {found.buffers:,} buffers")


def _filters() -> Iterator[dict[str, str]]:
    """Yield a value for each filter, common and rare ones, and some together."""
    now, offered = timezone.now(), ListUsersFilters().fields
    some = get_user_model()._base_manager.order_by("pk")[1234]
    day, year = (now - timedelta(days=it) for it in (1, 365))
    for given in (
        {"search": some.email},
        {"search": str(some.pk)},
        {"search": some.email[:6]},
        {"search": "a"},
        {"search": "zoe"},
        {"search": "zzzz"},
        *({"status": it} for it in getattr(offered.get("status"), "choices", ())),
        *(
            {name: word}
            for name in ("is_active", "is_staff", "is_superuser", "is_verified")
            for word in ("true", "false")
        ),
        {"group": GROUPS[0]},
        {"group": "none"},
        {"created_since": day.isoformat()},
        {"created_until": year.isoformat()},
        {"created_since": year.isoformat(), "created_until": day.isoformat()},
        {"last_seen_since": day.isoformat()},
        {"last_seen_until": year.isoformat()},
        {"last_seen_since": year.isoformat(), "last_seen_until": day.isoformat()},
        {"is_staff": "true", "is_active": "true", "search": "a"},
        {"status": "suspended", "last_seen_since": year.isoformat()},
    ):
        if given.keys() <= offered.keys():
            yield given


def _orders() -> Sequence[str]:
    order: Any = ListUsersFilters().fields["order"]
    return [*order.choices]


def _cursor(order: str) -> str:
    """Return the cursor of the page in the depth, without reading all before it."""
    users = get_user_model()._base_manager.all()
    keys = pagination._keys(users, [ORDERS[order]])
    cursors = pagination._Cursors(users.model, keys, {"order": order})
    at = int(users.count() * DEEP)
    place = pagination._Place()
    ordering = [pagination._ordering(key, place) for key in keys]
    return str(cursors._write([users.order_by(*ordering)[at - 1]], forward=True))


def _scans(plan: Any, large: set[str]) -> Iterator[str]:
    if plan["Node Type"] == "Seq Scan" and plan["Relation Name"] in large:
        yield plan["Relation Name"]
    for inner in plan.get("Plans", ()):
        yield from _scans(inner, large)


def _large() -> set[str]:
    tables = {model._meta.db_table for model in apps.get_models()}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples >= %s",
            [LARGE],
        )
        return tables & {name for (name,) in cursor.fetchall()}


def _number(answer: Any) -> str:
    if "json" not in answer.headers["Content-Type"]:
        return ""
    body = answer.json()
    if "results" not in body:
        return ""
    count = f", count {body['count']:,}" if "count" in body else ""
    return f"{len(body['results'])}{count}"


def _url(**query: str) -> str:
    return f"{URL}?{urlencode(query)}"


def _api_client(user: Any) -> Any:
    client = ApiClient()
    client.force_authenticate(user)
    return client
