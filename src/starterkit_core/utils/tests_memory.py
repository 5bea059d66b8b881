import pytest

from starterkit_core.utils import memory
from starterkit_core.utils.memory import Memory


@pytest.fixture
def counter():
    """Count how often a value is loaded."""
    loads = []

    def load():
        loads.append(len(loads) + 1)
        return loads[-1]

    return load


def test_keeps_a_value(counter):
    kept = Memory(counter, 60)

    assert kept.fresh() is None
    assert [kept.get(), kept.get()] == [1, 1]
    assert kept.fresh() == 1


def test_loads_it_again_when_it_is_old(counter):
    kept = Memory(counter, 0)

    assert [kept.get(), kept.get()] == [1, 2]
    assert kept.fresh() is None


def test_forgets_it(counter):
    kept = Memory(counter, 60)
    kept.get()

    kept.forget()
    assert kept.get() == 2

    memory.forget_all()
    assert kept.get() == 3


def test_keeps_no_value_that_could_not_be_loaded():
    def fail():
        raise ConnectionError

    kept = Memory(fail, 60)

    for _ in range(2):
        with pytest.raises(ConnectionError):
            kept.get()
