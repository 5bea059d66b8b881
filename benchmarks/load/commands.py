"""Commands that touch every row, start-up, and the sign-in from many devices."""

import io
import os
import resource
import subprocess
import sys
import time
import timeit
from collections.abc import Callable
from datetime import timedelta
from statistics import median
from typing import Any
from uuid import uuid4

from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from benchmarks.load.environment import environment, manage
from benchmarks.load.fill import PASSWORD
from starterkit_auth.models import session_model

MIB = 1024
TIMES = 15


START_UP = """
import resource, sys, time, django
begin = time.process_time()
django.setup()
from django.urls import get_resolver
get_resolver().url_patterns
seconds = time.process_time() - begin
late = [name for name in ("markdown_it", "nh3", "asyncio") if name in sys.modules]
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(f"{seconds * 1000:.0f}", f"{peak:.0f}", len(sys.modules), *late)
"""


def purge() -> None:
    """Purge what ``fill`` left to purge, and then again, when there is nothing."""
    _run("auth_purge", _rows)
    quiet = io.StringIO()
    times = timeit.repeat(
        lambda: call_command("auth_purge", stdout=quiet), number=1, repeat=3
    )
    sys.stdout.write(
        f"| auth_purge, nothing due | {min(times):.2f} s without start-up |\n"
    )


def start_up() -> None:
    """Set the example up, with its URLs, in new processes."""
    command = [sys.executable, "-c", START_UP]
    told = [
        subprocess.run(
            command, check=True, capture_output=True, text=True, env=environment()
        ).stdout.split()
        for _ in range(TIMES)
    ]
    cpu, peak, modules, *late = min(told, key=lambda words: int(words[0]))
    sys.stdout.write(
        f"| set-up and URLs | {cpu} ms of CPU at best, {peak} MiB, {modules} modules, "
        f"among them {', '.join(late) or 'none'} of those that are for later |\n"
    )


def end_sessions() -> None:
    """End every session."""
    _run("auth_end_sessions --all", _live)


def sign_in(devices: int) -> None:
    """Compare an account that has signed in from so many devices with another."""
    one, many = (
        get_user_model().objects.get(email=f"person{number}@example.com")
        for number in (1, 2)
    )
    session_model().objects.filter(user__in=[one, many]).delete()
    for user, number in ((one, 1), (many, devices)):
        _open(user, number)
    first = _sign_in(many)
    for _ in range(devices // 500):  # a sign-in deletes so many ended sessions
        _sign_in(many)
    times: dict[Any, list[float]] = {one: [], many: []}
    for _ in range(TIMES):  # in turns
        for user, seconds in times.items():
            seconds.append(_sign_in(user))
    few, most = (median(seconds) for seconds in times.values())
    with CaptureQueriesContext(connection) as statements:
        _sign_in(many)
    sys.stdout.write(
        f"| sign-in, 1 device | {few * 1000:.1f} ms |\n"
        f"| {devices:,} devices | {most * 1000:.1f} ms, {most / few:.2f} times, "
        f"{len(statements)} statements; the first {first * 1000:.0f} ms |\n"
    )


def _open(user: Any, number: int) -> None:
    """Give ``user`` sessions of as many devices, all but one of which have ended."""
    now = timezone.now()
    month = timedelta(days=30)
    session_model().objects.bulk_create(
        [
            session_model()(
                user=user,
                transport="bearer",
                device_name=f"Phone {index}",
                last_seen_at=now,
                expires_at=now + month,
                idle_expires_at=now + month,
                revoked_at=now if index else None,
            )
            for index in range(number)
        ],
        batch_size=1_000,
    )


def _sign_in(user: Any) -> float:
    body = {
        "email": user.email,
        "password": PASSWORD,
        "client": {"device_name": "Phone 0"},
    }
    user.set_password(PASSWORD)  # with the cheap hasher
    user.save(update_fields=["password"])
    network = {"X-Forwarded-For": f"10.{uuid4().int % 250}.{uuid4().int % 250}.1"}
    begin = time.process_time()
    answer = Client().post(
        "/api/auth/v1/session/", body, "application/json", headers=network
    )
    if answer.status_code != 201:  # noqa: PLR2004  # created
        raise SystemExit(answer.content.decode())
    return time.process_time() - begin


def _run(command: str, count: Callable[[], int]) -> None:
    before, begin = count(), time.perf_counter()
    cpu = os.times()
    manage(*command.split())
    spent, seconds = os.times(), time.perf_counter() - begin
    used = spent.children_user + spent.children_system
    used -= cpu.children_user + cpu.children_system
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / MIB
    sys.stdout.write(
        f"| {command} | {before - count():,} rows in {seconds:.1f} s, "
        f"{used:.1f} s of CPU, {peak:.0f} MiB |\n"
    )


def _rows() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM starterkit_auth_session)"
            " + (SELECT count(*) FROM starterkit_core_auditevent)"
            " + (SELECT count(*) FROM starterkit_auth_challenge)"
        )
        return int(cursor.fetchone()[0])


def _live() -> int:
    return session_model().objects.live_at(timezone.now()).count()
