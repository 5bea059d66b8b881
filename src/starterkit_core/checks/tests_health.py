"""A required check that does not exist is found before ``/readyz`` ignores it."""

import pytest
from django.core.checks import run_checks

from starterkit_core.ports import health


@pytest.fixture
def findings(tuner):
    """The warnings of a project that requires these checks."""

    def of(*names):
        tuner("STARTERKIT_CORE")(READY_REQUIRES=names)
        found = run_checks(tags=["starterkit"])
        return [each for each in found if each.id == "starterkit_core.W050"]

    return of


def test_is_content_with_checks_that_there_are(findings):
    assert findings("database", "migrations", "cache", "tasks") == []


def test_names_the_check_that_was_meant(findings):
    (found,) = findings("database", "chache")

    assert found.msg.endswith("there is no check 'chache'.")
    assert "Did you mean 'cache'?" in found.hint


def test_knows_the_checks_of_the_project(findings):
    health.register("shop", lambda: None)

    found = findings("shop")
    health.unregister("shop")

    assert found == []
    assert len(findings("shop")) == 1
