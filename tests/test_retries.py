"""A request that is sent again does what ``retries.md`` says."""

import re

import pytest

from starterkit_core.http.idempotency import IdempotencyKey
from tests.documented import operations
from tests.processes import ROOT
from tests.situations import CASES

PAGE = ROOT / "docs" / "reference" / "retries.md"
ROW = re.compile(
    r"^\| `(\w+ /api/\S+)` \| (\d+)(?: `(\w+)`)? \| .+ \| (\w+) \|$", re.MULTILINE
)
SAFE = "GET"

ROWS = {row[0]: row[1:] for row in ROW.findall(PAGE.read_text("utf-8"))}
WRITING = [case for case in CASES if not case.request.startswith(SAFE)]


@pytest.mark.parametrize("case", WRITING, ids=str)
@pytest.mark.usefixtures("alone")
def test_a_request_that_is_sent_again_is_answered_as_the_page_says(caller, case):
    body = case.prepare(caller)
    first = caller.send(case.request, body)

    again = caller.send(case.request, body)

    if first.status_code < 400:
        code = again.json().get("code", "") if again.content else ""
        assert (str(again.status_code), code) == ROWS[case.request][:2]


def test_every_operation_that_writes_is_on_the_page():
    writing = {
        f"{it.method.upper()} {it.path}" for it in operations() if it.method != "get"
    }

    assert writing == ROWS.keys()


def test_the_page_says_which_operations_take_a_key():
    for it in operations():
        use = it.view.idempotency_key
        row = ROWS.get(f"{it.method.upper()} {it.path}", ("", "", "no"))

        assert (row[2] in {"optional", "required"}) is (use != IdempotencyKey.IGNORED)
