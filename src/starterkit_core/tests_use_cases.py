"""What ``execute`` promises to every caller."""

from dataclasses import dataclass

import pytest
from django.db import OperationalError, transaction

from starterkit_core.use_cases import Input, UseCase


@dataclass(frozen=True, slots=True, kw_only=True)
class CountInput(Input):
    """How often the database reports a deadlock at first, and by which error."""

    seen: list[bool]
    failures: int = 0
    cause: Exception | None = None


class Count(UseCase[CountInput, int]):
    """Fail some times, then succeed; remembers whether a transaction was open."""

    key = "a.use.case.outside.of.any.folder"

    def run(self) -> int:
        self.input.seen.append(transaction.get_connection().in_atomic_block)
        if len(self.input.seen) <= self.input.failures:
            raise OperationalError from self.input.cause
        return len(self.input.seen)


class CountOutside(Count):
    """The same, without a transaction."""

    atomic = False


class Deadlock(Exception):
    sqlstate = "40P01"


class Down(Exception):
    sqlstate = "08006"


@pytest.mark.django_db(transaction=True)
def test_runs_inside_one_transaction_unless_it_opts_out():
    inside, outside = CountInput(seen=[]), CountInput(seen=[])

    Count.execute(inside)
    CountOutside.execute(outside)

    assert (inside.seen, outside.seen) == ([True], [False])


@pytest.mark.django_db(transaction=True)
def test_repeats_after_a_deadlock():
    given = CountInput(seen=[], failures=2, cause=Deadlock())

    assert Count.execute(given) == 3


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("failures", "cause", "runs"), [(9, Deadlock(), 3), (9, Down(), 1), (9, None, 1)]
)
def test_gives_up_after_three_deadlocks_or_when_the_database_is_down(
    failures, cause, runs
):
    given = CountInput(seen=[], failures=failures, cause=cause)

    with pytest.raises(OperationalError):
        Count.execute(given)

    assert len(given.seen) == runs


@pytest.mark.django_db(transaction=True)
def test_leaves_a_deadlock_to_the_transaction_around_it():
    given = CountInput(seen=[], failures=9, cause=Deadlock())

    with pytest.raises(OperationalError), transaction.atomic():
        Count.execute(given)

    assert len(given.seen) == 1
