"""E019: a rule that would fail or mix up accounts is found at the start."""

import pytest

from starterkit_core.checks.addresses import check_email_rule


def reversed_part(local, domain):
    return local[::-1]


def one_dot_less(local, domain):
    return local.replace(".", "", 1)


def step_by_step(local, domain):
    """Leave out dots first, and the tag when it is called again."""
    undotted = local.replace(".", "")
    return undotted if undotted != local else local.partition("+")[0]


def broken(local, domain):
    raise KeyError(domain)


def of_one(address):
    return address


def without_dots(local, domain):
    return local.replace(".", "")


NUMBER = 7


@pytest.fixture
def found(tuner):
    """``found(path)`` is what the check says of this rule."""

    def find(path):
        tuner("STARTERKIT_CORE")(EMAIL_RULE=path)
        return [(it.id, it.msg) for it in check_email_rule()]

    return find


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("no.such.rule", "cannot be imported"),
        ("rule", "cannot be imported"),
        (f"{__name__}.NUMBER", "is not callable"),
        (f"{__name__}.reversed_part", "goes too far"),
        (f"{__name__}.one_dot_less", "goes too far"),
        (f"{__name__}.step_by_step", "of its own result"),
        (f"{__name__}.broken", "fails for 'ada@example.com': KeyError"),
        (f"{__name__}.of_one", "fails for 'ada@example.com': TypeError"),
    ],
)
def test_e019_a_rule_that_cannot_be_used(found, name, said):
    [(number, message)] = found(name)

    assert number == "starterkit_core.E019"
    assert said in message


@pytest.mark.parametrize(
    "path",
    [
        "",
        7,  # E001 says so
        "starterkit_core.addresses.known_providers",
        "starterkit_core.addresses.without_tags",
        f"{__name__}.without_dots",
    ],
)
def test_e019_is_content(found, path):
    assert found(path) == []
