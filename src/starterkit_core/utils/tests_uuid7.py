"""UUIDv7: sorted, unique, and well formed on every Python we support."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from uuid import RFC_4122

import pytest

from starterkit_core.utils import uuid7 as module
from starterkit_core.utils.uuid7 import uuid7


def milliseconds(value):
    return value.int >> 80


def test_is_a_version_7_of_the_standard_variant():
    made = [uuid7() for _ in range(200)]

    assert {(value.version, value.variant) for value in made} == {(7, RFC_4122)}


def test_contains_the_millisecond_in_which_it_was_made(monkeypatch):
    if hasattr(module, "_clock"):  # a clock that no test has moved into the future
        monkeypatch.setattr(module, "_clock", module._Clock())
    before = time.time_ns() // 1_000_000

    value = uuid7()

    # Many made at once run a little ahead of the clock, so the end is generous.
    assert before <= milliseconds(value) <= before + 1_000


def test_grows_within_a_millisecond_too():
    made = [uuid7() for _ in range(20_000)]

    assert made == sorted(made)
    assert len({milliseconds(value) for value in made}) < len(made)


def test_is_unique_among_threads():
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda _: uuid7(), range(8_000)))

    assert len(set(made)) == len(made)


def test_grows_while_the_clock_is_set_back(monkeypatch):
    first = uuid7()
    monkeypatch.setattr(time, "time_ns", lambda: 1_000_000_000)

    second = uuid7()

    assert second > first


def test_ends_in_random_bits():
    tails = {uuid7().int & 0xFFFF_FFFF for _ in range(1_000)}

    assert len(tails) > 990


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_forked_child_goes_on_without_its_parents_state():
    readable, writable = os.pipe()
    if not (child := os.fork()):
        os.write(writable, uuid7().bytes)
        os._exit(0)

    mine = uuid7()

    os.waitpid(child, 0)
    assert os.read(readable, 16) != mine.bytes
    os.close(readable)
    os.close(writable)


def test_a_migration_names_our_function_on_every_python():
    assert uuid7.__module__ == "starterkit_core.utils.uuid7"
