"""What hosts may build on changes only on purpose: it is compared with a file."""

import ast
import inspect
import textwrap
from pathlib import Path

from starterkit_core.use_cases import PHASES, UseCase, steps_of
from tests import kept
from tests.documented import operations
from tests.public_api import describe, our_acts, our_endpoints

SNAPSHOT = Path(__file__).parent / "snapshots" / "public_api.txt"


def test_the_public_api_is_the_committed_one():
    found = describe({it.key: it.content["operationId"] for it in operations()})

    kept.compare(SNAPSHOT, found)


def test_a_use_case_documents_every_refusal_it_raises():
    for key in [*our_endpoints(), *our_acts()]:
        use_case = UseCase.defaults[key]
        said = (use_case.__doc__ or "").partition("Raises:")[2].splitlines()
        names = {line.split(":")[0].strip() for line in said if ":" in line}
        assert {error.__name__ for error in use_case.raises} <= names, key


def calls_in(method) -> set[str]:
    """Return the methods that a phase calls on ``self``."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(method)))
    return {
        node.func.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and ast.unparse(node.func.value) == "self"
    }


def test_a_step_is_what_a_phase_calls_and_any_helper_is_private():
    for key in [*our_endpoints(), *our_acts()]:
        use_case = UseCase.defaults[key]
        called = {
            name for phase in PHASES for name in calls_in(getattr(use_case, phase))
        }
        assert {*steps_of(use_case)} <= called, key
