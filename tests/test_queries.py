"""Each request is answered, and costs the statements, as ``queries.md`` says.

They are counted over HTTP, and outside of a transaction, as in production.
"""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import kept
from tests.documented import operations
from tests.processes import ROOT
from tests.situations import CASES, each_case

PAGE = ROOT / "docs" / "reference" / "queries.md"
ROW = re.compile(
    r"^\| `(\w+ /api/\S+)` \| (.*?) \| (\d+) \| (\d+) \| (\d+) \|$", re.MULTILINE
)

OF_THE_GATE = re.compile(r"UPDATE \S+ SET .?terms_epoch.? = ")
"""One more, as the page says, where users have the column of ``TermsStateMixin``."""

OF_A_TRANSACTION = {"BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE"}


def rows() -> list[tuple[str, ...]]:
    return ROW.findall(PAGE.read_text("utf-8"))


@each_case
@pytest.mark.usefixtures("alone")
def test_answers_and_costs_what_the_page_says(caller, case):
    body = case.prepare(caller)

    with CaptureQueriesContext(connection) as queries:
        answer = caller.send(case.request, body)

    counted = [it["sql"] for it in queries if not OF_THE_GATE.match(it["sql"])]
    words = [sql.split()[0] for sql in counted]
    bounds = sum(word in OF_A_TRANSACTION for word in words)
    begins = f"| `{case.request}` | {case.situation} |"
    row = f"{begins} {answer.status_code} | {len(words) - bounds} | {bounds} |"
    page = PAGE.read_text("utf-8")
    former = [line for line in page.splitlines() if line.startswith(begins)]
    assert len(former) == 1, f"{PAGE} lacks a row, or has it twice:\n{row}"
    kept.compare(PAGE, page.replace(former[0], row))


def test_every_row_is_counted():
    listed = [(request, situation) for request, situation, *_ in rows()]

    assert sorted(listed) == sorted((it.request, it.situation) for it in CASES)


def test_every_endpoint_has_a_row():
    endpoints = {f"{it.method.upper()} {it.path}" for it in operations()}

    assert endpoints == {request for request, *_ in rows()}
