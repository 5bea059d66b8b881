"""What the example answers, and how fast, while something hangs or is gone."""

import os
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from itertools import count, cycle

from benchmarks.load.clients import (
    AUTH,
    ME,
    MUCH_PATIENCE,
    Answer,
    Caller,
    Load,
    sampled,
    summary,
)
from benchmarks.load.fill import PASSWORD
from benchmarks.load.processes import MailServer, Proxy, cpu_of_postgres, everything
from tests.running_server import HOST

CONFIG = f"{AUTH}config/"
numbers = count(100)
"""Of accounts; the first are those of the other commands."""


def report(which: Sequence[str], seconds: float) -> None:
    """Measure these faults, one after the other."""
    for name in which:
        sys.stdout.write(f"\n## {name}\n\n")
        FAULTS[name](seconds)


def mail(seconds: float) -> None:
    """Reset passwords beside a mail server that takes connections and is silent."""
    with (
        MailServer() as silent,
        everything(MAIL_HOST=HOST, LOAD_MAIL_PORT=silent.port) as (server, _redis),
    ):
        me = member(server.url)
        silent.hang()
        patient = Caller(server.url, patience=MUCH_PATIENCE)
        show("reset of an account", patient.post(*reset(known())))
        show("reset of an unknown address", patient.post(*reset(unknown())))
        beside = Load(12, lambda: Caller(server.url).post(*reset(known())))
        with beside:
            time.sleep(0.5)
            show_all("me/ beside 12 of them", sampled(seconds, lambda: me.get(ME)))
        show_all("the 12", beside.answers)


def cache(seconds: float) -> None:
    """Stop a Redis in the midst of its work."""
    with everything() as (server, redis):
        me = member(server.url)
        sampled(4, lambda: wrong_password(server.url))  # so that both are warm
        redis.hang()
        show("sign-in", wrong_password(server.url))
        with Load(12, lambda: wrong_password(server.url)) as beside:
            time.sleep(0.5)
            show_all("me/ beside 12 sign-ins", sampled(seconds, lambda: me.get(ME)))
        show_all("the 12", beside.answers)
        redis.resume()
        show_recovery(lambda: wrong_password(server.url), 401)


def postgres(seconds: float) -> None:
    """Freeze the way to PostgreSQL: connections stay, and no answer comes back."""
    with (
        Proxy(os.environ["DATABASE_URL"]) as proxy,
        everything(DATABASE_URL=proxy.url) as (server, _redis),
    ):
        me, anyone = member(server.url), Caller(server.url)
        hasty = Caller(server.url, me.token, patience=2)  # and then asks again
        proxy.freeze()
        with Load(6, lambda: hasty.get(ME)) as beside:
            time.sleep(0.5)
            answers = sampled(seconds, lambda: anyone.get(CONFIG))
            show_all("config/ beside 6 of me/", answers)
            proxy.thaw()
            show_recovery(lambda: me.get(ME), 200)
        show_all("the 6", beside.answers)


def outage(seconds: float) -> None:
    """Take PostgreSQL away, and count what the server logs."""
    with (
        Proxy(os.environ["DATABASE_URL"]) as proxy,
        everything(DATABASE_URL=proxy.url) as (server, _redis),
    ):
        me = member(server.url)
        before = server.logged()
        proxy.go_away()
        with Load(4, lambda: me.get(ME)) as load:
            time.sleep(min(seconds, 5))
        after = server.logged()
        show_all("me/ of 4 clients", load.answers)
        lines, tracebacks = (b - a for a, b in zip(before, after, strict=True))
        row("logged", f"{lines} lines, {tracebacks} tracebacks")
        proxy.come_back()
        show_recovery(lambda: me.get(ME), 200)


def hashes(seconds: float) -> None:
    """Let 16 clients of as many networks try passwords of unknown addresses."""
    with everything() as (server, _redis):
        me = member(server.url)
        no_token = Caller(server.url)

        def refused() -> Answer:
            return no_token.get(f"{AUTH}session/")

        def password() -> Answer:
            return wrong_password(server.url)

        for name, work, pause in (
            ("16 that pause 1 s after a 503", password, 1),
            ("16 that go on at once", password, 0),
            ("16 that are refused without a hash", refused, 0),
        ):
            show_all("me/ alone", sampled(seconds / 2, lambda: me.get(ME)))
            with Load(16, work, pause) as beside:
                time.sleep(2)
                show_all(f"me/ beside {name}", sampled(seconds, lambda: me.get(ME)))
            show_all("these", beside.answers)


def connections(seconds: float) -> None:
    """Count how many ``me/`` one core answers, the database's part included."""
    for name, changes in (
        ("as shipped", {}),
        ("a new connection each", {"LOAD_CONN_MAX_AGE": "0"}),
        ("kept", {"LOAD_CONN_MAX_AGE": "60"}),
    ):
        with everything(**changes) as (server, _redis):
            me = member(server.url)
            work = partial(me.get, ME)
            sampled(2, work, pause=0)
            before = server.cpu(), cpu_of_postgres()
            with Load(4, work) as load:
                time.sleep(seconds)
            ours, theirs = server.cpu() - before[0], cpu_of_postgres() - before[1]
        number = len(load.answers)
        each = f"{ours / number * 1000:.1f} + {theirs / number * 1000:.1f} ms of CPU"
        each += f" (application + database), {number / (ours + theirs):.0f} per core"
        row(f"me/, {name}", each)
        show_all("of 4 clients", load.answers)


def memory(seconds: float) -> None:
    """Tell what a process occupies: new, after the first requests, and later."""
    with everything() as (server, _redis):
        sampled(2, lambda: Caller(server.url).get(CONFIG))  # until both are there
        row("new", f"{server.memory():.0f} MiB")
        me = member(server.url)

        def mixed() -> Answer:
            return me.get(next(paths))

        paths = cycle([ME, *(AUTH + name for name in ("session/", "sessions/"))])
        sampled(2, mixed, pause=0)
        row("warm", f"{server.memory():.0f} MiB")
        with Load(4, mixed) as load:
            time.sleep(seconds)
        row(f"after {len(load.answers)} more", f"{server.memory():.0f} MiB")


FAULTS: dict[str, Callable[[float], None]] = {
    "mail": mail,
    "cache": cache,
    "postgres": postgres,
    "outage": outage,
    "hashes": hashes,
    "connections": connections,
    "memory": memory,
}


def member(url: str) -> Caller:
    return Caller(url, patience=MUCH_PATIENCE).sign_in(known(), PASSWORD)


def known() -> str:
    return f"person{next(numbers)}@example.com"


def unknown() -> str:
    return f"nobody{next(numbers)}@example.com"


def reset(email: str) -> tuple[str, dict[str, str]]:
    return f"{AUTH}password/reset/", {"email": email}


def wrong_password(url: str) -> Answer:
    body = {"email": unknown(), "password": PASSWORD}
    return Caller(url).post(f"{AUTH}session/", body)


def show(name: str, answer: Answer) -> None:
    row(name, str(answer))


def show_all(name: str, answers: list[Answer]) -> None:
    row(name, summary(answers))


def show_recovery(work: Callable[[], Answer], status: int) -> None:
    """Tell after how long the right answer came again."""
    begin = time.perf_counter()
    while work().status != status:
        if time.perf_counter() - begin > 60:  # noqa: PLR2004  # long enough
            row("good again", "not within 60 s")
            return
    row("good again", f"after {time.perf_counter() - begin:.1f} s")


def row(name: str, value: str) -> None:
    sys.stdout.write(f"| {name} | {value} |\n")
    sys.stdout.flush()
