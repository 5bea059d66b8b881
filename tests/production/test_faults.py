"""What the example depends on fails under a small load, and comes back.

``docs/security/failures.md`` has a table of what is promised; this reads it.
"""

import re
import signal
import time
from collections.abc import Callable
from typing import NamedTuple

import pytest

from tests.processes import ROOT
from tests.production.clients import Client
from tests.production.load import USUAL, Load, summary

pytestmark = pytest.mark.slow

SLACK = 8
"""Seconds that a busy machine may take longer than documented."""

DOCUMENT = ROOT / "docs" / "security" / "failures.md"
ROW = re.compile(
    r"^\| (\w[\w ,]+) \| ([\w, -]+) \| (\d+) s \| (\d+) s \| (none|one) \|$",
    re.MULTILINE,
)


class Promise(NamedTuple):
    """A row of the table."""

    fault: str
    refused: str
    longest: str
    recovers: str
    twice: str

    def may_be_refused(self) -> set[str]:
        """Return the kinds of requests that may be 503 meanwhile."""
        if self.refused == "all":
            return {*USUAL}
        return {kind for kind in USUAL if kind in self.refused.split(", ")}

    def mails_that_may_come_twice(self) -> int:
        return {"none": 0, "one": 1}[self.twice]

    def is_database(self) -> bool:
        return self.fault.startswith("PostgreSQL")


PROMISES = [Promise(*row) for row in ROW.findall(DOCUMENT.read_text("utf-8"))]


def postgres_restarts(postgres):
    def several_times():
        for _ in range(4):
            postgres.stop()
            postgres.start()
            time.sleep(0.5)
        postgres.stop()

    return several_times


def killed(worker):
    return lambda: worker.stop(signal.SIGKILL)


def ways_of(deployment) -> dict[str, tuple[Callable[[], None], Callable[[], None]]]:
    """Return how each fault begins and ends."""
    it = deployment
    return {
        "Redis stops": (it.redis.stop, it.redis.start),
        "Redis hangs": (it.redis.hang, it.redis.resume),
        "PostgreSQL restarts": (postgres_restarts(it.postgres), it.postgres.start),
        "The mail server is down": (it.mail.go_away, it.mail.come_back),
        "The mail server hangs": (it.mail.hang, it.mail.resume),
        "The worker is killed": (killed(it.worker), it.worker.start),
    }


def test_the_document_promises_something_for_each_fault(deployment):
    assert {promise.fault for promise in PROMISES} == ways_of(deployment).keys()


@pytest.mark.parametrize("promise", PROMISES, ids=lambda it: it.fault.replace(" ", "-"))
def test_gives_documented_answers_loses_no_effect_and_recovers(
    deployment, make_member, post, promise
):
    begin, end = ways_of(deployment)[promise.fault]
    hangs_longer_than_mail_waits = 11 if promise.fault == "The mail server hangs" else 3
    visitors = [Client(server.url) for server in (deployment.a, deployment.b)]
    members = [make_member() for _ in range(2)]

    with Load(deployment, visitors, members) as load:
        load.wait_until_all_is_usual()
        begin()
        load.wait_until_each_was_tried(hangs_longer_than_mail_waits)
        end()
        over = time.monotonic()
        load.wait_until_all_is_usual()

    recovered = load.recovered_after(over)
    measured = f"longest {load.longest():.1f} s; recovered after {recovered:.1f} s"
    print(summary(load.calls), measured)  # noqa: T201  # measured
    refused = promise.may_be_refused()
    assert load.undocumented(refused) == []
    assert refused <= {call.kind for call in load.calls if not call.is_usual}
    assert load.longest() < int(promise.longest) + SLACK
    assert recovered < int(promise.recovers) + SLACK
    mails = load.mails(post)
    assert mails.keys() <= {1, 2}
    assert mails[2] <= promise.mails_that_may_come_twice()
    assert set(load.confirmed(post)) == {1}
    assert set(load.saved(accepted=True)) == {1}
    # Only the database knows whether a COMMIT that it broke off took effect.
    assert set(load.saved(accepted=False)) <= ({0, 1} if promise.is_database() else {0})
    assert load.signed_out() == []
