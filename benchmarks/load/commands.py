"""Commands that touch every row, and the sign-in of an account with many devices."""

import os
import resource
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from statistics import median
from typing import Any
from uuid import uuid4

from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from benchmarks.load.environment import manage
from benchmarks.load.fill import PASSWORD
from starterkit_auth.models import session_model

MIB = 1024
TIMES = 15


def purge() -> None:
    """Purge what ``fill`` left to purge, and then again, when there is nothing."""
    _run("auth_purge", _rows)
    _run("auth_purge", _rows)


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
        f"{len(statements)} statements |\n"
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
