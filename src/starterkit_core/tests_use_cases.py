"""What ``execute`` promises to every caller."""

import sqlite3
import sys
from dataclasses import dataclass, field
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import (
    IntegrityError,
    OperationalError,
    connection,
    connections,
    transaction,
)

from starterkit_core.db.conflicts import Conflict, is_conflict, is_duplicate
from starterkit_core.errors import DomainError
from starterkit_core.use_cases import Input, UseCase, steps_of
from tests.sample.models import Thing


class Refusal(DomainError):
    code = "refusal"
    message = "No."


class Deadlock(Exception):
    sqlstate = "40P01"


class OfPsycopg2(Exception):
    pgcode = "40001"


class Down(Exception):
    sqlstate = "08006"


@dataclass(frozen=True, slots=True, kw_only=True)
class PhasesInput(Input):
    """What goes wrong, and a list of what happened."""

    seen: list[str] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)
    refuse_in: str = ""


class Phases(UseCase[PhasesInput, int]):
    """Notes its phases and whether a transaction is open; saves a row in each."""

    raises = (Refusal,)

    def prepare(self) -> None:
        self.note("prepare")

    def run(self) -> int:
        self.note("run")
        if self.input.failures:
            raise self.input.failures.pop(0)
        return Thing.objects.count()

    def refused(self, error: DomainError) -> None:
        self.note("refused")

    def note(self, phase: str) -> None:
        inside = transaction.get_connection().in_atomic_block
        self.input.seen.append(f"{phase} {'inside' if inside else 'outside'}")
        Thing.objects.create(name=f"{phase} {len(self.input.seen)}")
        if phase == self.input.refuse_in:
            raise Refusal


class ReadingPhases(Phases):
    atomic = False


class Handled(Phases):
    """Notes which exception a logger would show in ``refused()``."""

    def refused(self, error: DomainError) -> None:
        self.input.seen.append(f"handles {sys.exc_info()[0]}")


def conflict() -> Exception:
    error = OperationalError()
    error.__cause__ = Deadlock()
    return error


def down() -> Exception:
    error = OperationalError()
    error.__cause__ = Down()
    return error


def saved() -> list[str]:
    return sorted(Thing.objects.values_list("name", flat=True))


@pytest.mark.django_db(transaction=True)
def test_prepares_outside_and_runs_inside_a_transaction():
    given = PhasesInput()

    assert Phases.execute(given) == 2

    assert given.seen == ["prepare outside", "run inside"]


@pytest.mark.django_db(transaction=True)
def test_a_read_has_no_transaction():
    given = PhasesInput()

    ReadingPhases.execute(given)

    assert given.seen == ["prepare outside", "run outside"]


@pytest.mark.django_db(transaction=True)
def test_a_refusal_takes_back_what_run_saved_and_nothing_else():
    given = PhasesInput(refuse_in="run")

    with pytest.raises(Refusal):
        Phases.execute(given)

    assert given.seen == ["prepare outside", "run inside", "refused outside"]
    assert saved() == ["prepare 1", "refused 3"]


@pytest.mark.django_db(transaction=True)
def test_a_refusal_of_prepare_is_told_to_refused_and_run_is_not_reached():
    given = PhasesInput(refuse_in="prepare")

    with pytest.raises(Refusal):
        Phases.execute(given)

    assert given.seen == ["prepare outside", "refused outside"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("phase", ["prepare", "run"])
def test_what_refused_does_is_not_logged_with_the_traceback_of_the_refusal(phase):
    given = PhasesInput(refuse_in=phase)

    with pytest.raises(Refusal):
        Handled.execute(given)

    assert given.seen[-1] == "handles None"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("error", [conflict(), Conflict()])
def test_runs_again_after_a_conflict_but_prepares_once(error):
    given = PhasesInput(failures=[error, error])

    assert Phases.execute(given) == 2

    assert given.seen == ["prepare outside", *["run inside"] * 3]
    assert saved() == ["prepare 1", "run 4"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("error", "runs"), [(conflict(), 3), (down(), 1), (OperationalError(), 1)]
)
def test_gives_up_after_three_conflicts_or_when_the_database_is_down(error, runs):
    given = PhasesInput(failures=[error] * 9)

    with pytest.raises(OperationalError):
        Phases.execute(given)

    assert given.seen[1:] == ["run inside"] * runs
    assert saved() == ["prepare 1"]


@pytest.mark.django_db(transaction=True)
def test_leaves_a_deadlock_to_the_transaction_around_it():
    given = PhasesInput(failures=[conflict()])

    with pytest.raises(OperationalError), transaction.atomic():
        Phases.execute(given)

    assert given.seen == ["prepare inside", "run inside"]


@pytest.mark.django_db(transaction=True)
def test_a_conflict_of_ours_only_rolls_back_its_part_of_a_transaction_around_it():
    given = PhasesInput(failures=[Conflict()])

    with transaction.atomic():
        Phases.execute(given)

    assert saved() == ["prepare 1", "run 3"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OuterInput(Input):
    """The input of the use case inside, and the same list."""

    inner: PhasesInput


class Outer(UseCase[OuterInput, int]):
    """Runs another use case as a part of its own."""

    raises = (Refusal,)

    def run(self) -> int:
        self.input.inner.seen.append("outer run")
        Thing.objects.create(name="outer")
        return Phases.execute(self.input.inner)

    def refused(self, error: DomainError) -> None:
        self.input.inner.seen.append("outer refused")


@pytest.mark.django_db(transaction=True)
def test_a_use_case_inside_another_joins_its_transaction(django_assert_num_queries):
    given = OuterInput(inner=PhasesInput())

    with django_assert_num_queries(6):  # BEGIN, three INSERTs, a count, COMMIT
        Outer.execute(given)

    assert given.inner.seen == ["outer run", "prepare inside", "run inside"]


@pytest.mark.django_db(transaction=True)
def test_a_refusal_inside_is_told_outside_when_everything_is_rolled_back():
    given = OuterInput(inner=PhasesInput(refuse_in="run"))

    with pytest.raises(Refusal):
        Outer.execute(given)

    assert given.inner.seen[-2:] == ["refused outside", "outer refused"]
    assert saved() == ["refused 4"]


@pytest.mark.django_db(transaction=True)
def test_a_conflict_inside_repeats_the_whole():
    given = OuterInput(inner=PhasesInput(failures=[conflict()]))

    Outer.execute(given)

    assert given.inner.seen == ["outer run", "prepare inside", "run inside"] * 2
    assert len(saved()) == 3


class Later(Phases):
    """Waits for the commit with the use case that refuses."""

    def run(self) -> int:
        transaction.on_commit(self.refuse)
        return 1

    def refuse(self) -> None:
        with pytest.raises(Refusal):
            Phases.execute(self.input)


@pytest.mark.django_db(transaction=True)
def test_what_waits_for_the_commit_joins_no_transaction():
    given = PhasesInput(refuse_in="run")

    Later.execute(given)

    assert given.seen[-1] == "refused outside"
    assert saved()[-1].startswith("refused")


# Real conflicts


@dataclass(frozen=True, slots=True, kw_only=True)
class PairInput(Input):
    """Two rows to change in this order, and where both threads meet."""

    first: Any
    second: Any
    meet: Barrier
    runs: list[int] = field(default_factory=list)


class ChangeBoth(UseCase[PairInput, None]):
    """Change two rows, one after the other."""

    def run(self) -> None:
        self.input.runs.append(1)
        self.change(self.input.first)
        if len(self.input.runs) == 1:
            self.input.meet.wait(timeout=10)
        self.change(self.input.second)

    def change(self, pk: Any) -> None:
        thing = Thing.objects.select_for_update().get(pk=pk)
        thing.note = f"{thing.note or ''}x"
        thing.save()


class CountThings(UseCase[PairInput, None]):
    """Add a thing that is called after how many there are."""

    def run(self) -> None:
        self.input.runs.append(1)
        number = Thing.objects.count()
        if len(self.input.runs) == 1:
            self.input.meet.wait(timeout=10)
        Thing.objects.create(name=f"number {number}")


def in_threads(*calls) -> list[Exception]:
    errors: list[Exception] = []

    def work(call):
        try:
            call()
        except Exception as error:  # noqa: BLE001  # the test looks at it
            errors.append(error)
        finally:
            connections.close_all()

    threads = [Thread(target=work, args=[call]) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


needs_row_locks = pytest.mark.skipif(
    "connection.vendor == 'sqlite'", reason="SQLite locks the whole database"
)


@needs_row_locks
@pytest.mark.django_db(transaction=True)
def test_two_requests_that_lock_rows_in_opposite_order_both_succeed():
    one, two = (Thing.objects.create(name=name) for name in ("one", "two"))
    meet = Barrier(2)
    inputs = [
        PairInput(first=one.pk, second=two.pk, meet=meet),
        PairInput(first=two.pk, second=one.pk, meet=meet),
    ]

    errors = in_threads(*[lambda given=it: ChangeBoth.execute(given) for it in inputs])

    assert errors == []
    assert sum(len(given.runs) for given in inputs) >= 3  # the database chose a victim
    assert {*Thing.objects.values_list("note", flat=True)} == {"xx"}


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SSI is PostgreSQL's")
@pytest.mark.django_db(transaction=True)
def test_two_serializable_transactions_give_what_one_after_the_other_gives():
    meet = Barrier(2)
    inputs = [PairInput(first=None, second=None, meet=meet) for _ in range(2)]

    def call(given):
        with connection.cursor() as cursor:
            level = "SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL"
            cursor.execute(f"SET {level} SERIALIZABLE")
        CountThings.execute(given)

    errors = in_threads(*[lambda given=it: call(given) for it in inputs])

    assert errors == []
    assert saved() == ["number 0", "number 1"]


def test_psycopg2_tells_a_conflict_by_another_name():
    error = OperationalError()
    error.__cause__ = OfPsycopg2()

    assert is_conflict(error)


class OfPyMySQL(Exception):
    sqlstate = "HY000"


def test_a_driver_of_mariadb_tells_number_and_state():
    error = OperationalError()
    error.__cause__ = OfPyMySQL(1020, "Record has changed since last read")

    assert is_conflict(error)


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "is_taken"), [("Lamp", True), (None, False)])
def test_tells_a_value_that_must_be_unique_from_one_that_is_missing(name, is_taken):
    Thing.objects.create(name="Lamp")

    with pytest.raises(IntegrityError) as raised, transaction.atomic():
        Thing.objects.create(name=name)

    assert is_duplicate(raised.value) is is_taken


def test_a_locked_sqlite_database_is_a_conflict(tmp_path):
    file = tmp_path / "db.sqlite3"
    holder, other = (sqlite3.connect(file, timeout=0) for _ in range(2))
    holder.execute("BEGIN IMMEDIATE")

    with pytest.raises(sqlite3.OperationalError) as locked:
        other.execute("BEGIN IMMEDIATE")
    with pytest.raises(sqlite3.OperationalError) as broken:
        other.execute("SELECT * FROM missing")

    def raised(cause):
        error = OperationalError()
        error.__cause__ = cause.value
        return error

    assert is_conflict(raised(locked))
    assert not is_conflict(raised(broken))
    holder.close()
    other.close()


# Keys


def use_case(name: str, module: str, base: type = Phases) -> type[UseCase]:
    return type(name, (base,), {"__module__": module})


@pytest.fixture
def defaults(monkeypatch):
    monkeypatch.setattr(UseCase, "defaults", {})
    return UseCase.defaults


@pytest.mark.parametrize(
    ("name", "module", "key"),
    [
        ("CreateOrder", "shop.v1.orders.post.use_case", "shop.v1.orders.post"),
        ("CreateOrder", "shop.use_cases.create_order", "shop.use_cases.create_order"),
        ("CreateOrder", "shop.use_cases.orders", ""),
        ("CreateOrder", "shop.use_cases", ""),
        ("CreateOrder", "shop.use_case_helpers.orders", ""),
        ("CreateOrder", "shop.orders", ""),
    ],
)
def test_the_key_is_the_endpoints_folder_or_the_acts_file(defaults, name, module, key):
    made = use_case(name, module)

    assert made.key == key
    assert defaults == ({key: made} if key else {})


def test_several_use_cases_in_one_file_of_a_host_do_not_meet(defaults):
    create = use_case("CreateOrder", "shop.use_cases.orders")
    cancel = use_case("CancelOrder", "shop.use_cases.orders")

    assert (create.active(), cancel.active()) == (create, cancel)
    assert defaults == {}


def test_a_base_class_above_the_use_case_does_not_keep_its_key(defaults):
    module = "shop.v1.orders.post.use_case"
    base = use_case("Ordering", module)
    order = use_case("CreateOrder", module, base)

    assert defaults == {"shop.v1.orders.post": order}


def test_a_replacement_keeps_the_key_of_what_it_replaces(defaults):
    order = use_case("CreateOrder", "shop.v1.orders.post.use_case")
    theirs = use_case("CreateGift", "gifts.use_cases.create_gift", order)

    assert theirs.key == "shop.v1.orders.post"
    assert defaults == {"shop.v1.orders.post": order}


def test_steps_are_public_methods_that_are_no_phase():
    assert steps_of(Phases) == ["note"]
