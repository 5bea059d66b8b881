#!/usr/bin/env python3
"""How long ``me/`` takes while clients with unknown addresses make the server hash.

    DATABASE_URL=postgres://… REDIS_URL=redis://… benchmarks/attack/hashes.py

Starts the example with gunicorn (2 processes of 4 threads) and its shipped hasher,
and measures ``me/`` alone, then beside 16 clients that sign in to unknown addresses,
each attempt from another network: first clients that pause after a refusal, then some
that go on at once, and for comparison some that are refused without any hash. The
figures before the cap are those of ``--at-once 100``. The database must be empty or
be one of this script, which makes the tables and one account in it.
"""

import argparse
import http.client
import json
import multiprocessing
import os
import random
import socket
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from statistics import median, quantiles
from threading import Thread

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
HOST = "127.0.0.1"
API = "/api/auth/v1"
EMAIL, PASSWORD = "bench@example.com", "a rose is a rose is a rose"
ACCOUNT = f"""
from django.contrib.auth import get_user_model
from starterkit_auth.services import addresses
users = get_user_model()._base_manager
if not users.filter(email={EMAIL!r}).exists():
    user = get_user_model()(email={EMAIL!r})
    user.set_password({PASSWORD!r})
    user.save()
    addresses.assign(user, {EMAIL!r}, verified=True)
"""
KINDS = {
    "hashes, 1 s of pause after a refusal": ("POST", 1),
    "hashes, no pause": ("POST", 0),
    "no hash, no pause": ("GET", 0),
}
"""What the other clients do: with GET they are refused for lack of a token."""


def environment(at_once):
    """Return the environment of the server."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "rig_settings",
        "DEBUG": "off",
        "SECRET_KEY": "only-for-benchmarks-" + "x" * 40,
        "ALLOWED_HOSTS": HOST,
        "MAIL_HOST": "127.0.0.1",
        "HASHES_AT_ONCE": str(at_once),
        "PYTHONPATH": os.pathsep.join(map(str, (ROOT / "src", ROOT, HERE))),
    }


def call(port, method, path, *, body=None, headers=None, source=HOST):
    """Return status and content of one request on a connection of its own."""
    connection = http.client.HTTPConnection(
        HOST, port, timeout=60, source_address=(source, 0)
    )
    try:
        given = {"Content-Type": "application/json", **(headers or {})}
        connection.request(method, path, body and json.dumps(body), given)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def somewhere():
    """Return an address of this machine that counts as another network."""
    parts = (str(random.randint(1, 250)) for _ in range(3))  # noqa: S311  # no secret
    return f"127.{'.'.join(parts)}"


def sign_in(port, method, email):
    """Return the status of one attempt, or the name of the error."""
    body = {"email": email, "password": PASSWORD} if method == "POST" else None
    try:
        return call(port, method, f"{API}/session/", body=body, source=somewhere())[0]
    except OSError as error:
        return type(error).__name__


def attack(port, clients, kind, end, found):
    """Sign in until ``end``; put in how long each answer took, by status."""
    method, pause = KINDS[kind]
    times = {}

    def attempts(client):
        count = 0
        while time.monotonic() < end:
            start = time.monotonic()
            status = sign_in(port, method, f"no.{client}.{count}@example.com")
            times.setdefault(status, []).append(time.monotonic() - start)
            if status == http.HTTPStatus.SERVICE_UNAVAILABLE:
                time.sleep(pause)
            count += 1

    threads = [Thread(target=attempts, args=(client,)) for client in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found.put(times)


def measure(port, token, seconds):
    """Print and return how long ``me/`` takes, and which statuses it has."""
    times, statuses, end = [], Counter(), time.monotonic() + seconds
    headers = {"Authorization": f"Bearer {token}"}
    while time.monotonic() < end:
        start = time.monotonic()
        status = call(port, "GET", "/api/users/v1/me/", headers=headers)[0]
        times.append(time.monotonic() - start)
        statuses[status] += 1
        time.sleep(0.02)
    return f"{told(times)} {dict(statuses)}"


def told(times):
    """Return median and 95th percentile, in milliseconds."""
    p95 = quantiles(times, n=20)[-1] if len(times) > 1 else times[0]
    count = len(times)
    return f"p50 {median(times) * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms ({count})"


def served(port, options):
    """Start the server, and return its process once it answers."""
    command = [
        *(str(ROOT / ".venv/bin/gunicorn"), "django.core.wsgi:get_wsgi_application()"),
        *("-b", f"{HOST}:{port}", "-k", "gthread", "--log-level", "warning"),
        *("-w", str(options.processes), "--threads", str(options.threads)),
    ]
    with Path(options.log).open("wb") as log:
        server = subprocess.Popen(
            command,
            env=environment(options.at_once),
            cwd=HERE,
            stdout=log,
            stderr=log,
            start_new_session=True,  # a group for the scheduler, as a service
        )
    for _ in range(300):
        time.sleep(0.1)
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return server
    raise SystemExit(f"the server did not start, see {options.log}")


def prepare():
    """Make the tables and the account."""
    django = [sys.executable, "-m", "django"]
    for arguments in (["migrate", "-v0"], ["shell", "-v0", "-c", ACCOUNT]):
        subprocess.run([*django, *arguments], env=environment(0), check=True)


def token_of(port):
    """Return an access token of the account."""
    body = {"email": EMAIL, "password": PASSWORD}
    status, answer = call(
        port, "POST", f"{API}/session/", body=body, source=somewhere()
    )
    if status != http.HTTPStatus.CREATED:
        raise SystemExit(f"sign-in was answered with {status}: {answer!r}")
    return json.loads(answer)["access_token"]


def beside(port, token, kind, options):
    """Measure beside an attack, and print what the attackers got."""
    found = multiprocessing.Queue()
    end = time.monotonic() + options.seconds + 2
    arguments = (port, options.clients, kind, end, found)
    attackers = multiprocessing.Process(target=attack, args=arguments)
    attackers.start()
    time.sleep(1)
    print(f"beside {kind}: me/ {measure(port, token, options.seconds)}", flush=True)
    for status, times in sorted(found.get().items(), key=str):
        print(f"    attempts answered {status}: {told(times)}", flush=True)
    attackers.join()


def main():
    """Measure, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--threads", type=int, default=4)
    parser.add_argument("--at-once", type=int, default=0, help="0: as shipped")
    parser.add_argument("--log", default=os.devnull)
    options = parser.parse_args()
    prepare()
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    server = served(port, options)
    try:
        token = token_of(port)
        measure(port, token, 2)
        for _ in range(options.rounds):
            print(f"alone: me/ {measure(port, token, options.seconds)}", flush=True)
            for kind in KINDS:
                beside(port, token, kind, options)
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
