"""``docs/security/checklist.md``: no row is missing, and what it names exists."""

import ast
import re
from functools import cache

import pytest

from tests.processes import ROOT

TEXT = (ROOT / "docs" / "security" / "checklist.md").read_text()
ROW = re.compile(r"^\| (C\d{3}) \| (.*?) \| (.*?) \| (.*?) \|$", re.MULTILINE)
ROWS = {row[0]: row[1:] for row in ROW.findall(TEXT)}
NUMBERS = [f"C{number:03}" for number in range(1, 133)]
NOW = [*NUMBERS[:64], *NUMBERS[82:102], *NUMBERS[110:]]
"""Sections A to E, H, I, K and L."""

MARKED = re.compile(r"`((?:src|tests)/[^`]+)`")


@cache
def names_in(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text())
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_row_is_there_once():
    assert [row[0] for row in ROW.findall(TEXT)] == NUMBERS


@pytest.mark.parametrize("number", NUMBERS)
def test_what_a_row_names_exists(number):
    where, tests, _note = ROWS[number]

    for name in MARKED.findall(where):
        assert (ROOT / name).exists(), name
    for name in MARKED.findall(tests):
        path, _, function = name.partition("::")
        assert function.startswith("test_"), name
        assert function in names_in(path), name


@pytest.mark.parametrize("number", NOW)
def test_a_row_of_today_names_its_tests(number):
    where, tests, _note = ROWS[number]

    assert tests or where.startswith(("later", "optional"))
    assert where
