import csv
from io import StringIO

import pytest

from starterkit_core.utils.spreadsheets import AT_ONCE, neutral, original, written


@pytest.mark.parametrize(
    "cell",
    [
        '=HYPERLINK("https://evil.example")',
        "+1",
        "-2+3+cmd|' /C calc'!A0",
        "@SUM(1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "\0=1",
        " =1",
        "＝1",  # noqa: RUF001  # full-width
    ],
)
def test_no_cell_is_run_as_a_formula(cell):
    assert neutral(cell) == f"'{cell}"
    assert original(neutral(cell)) == cell


@pytest.mark.parametrize("cell", ["", "Ada", "'", "O'Hara", "'Ada'", "1=1", "ada@x.de"])
def test_any_other_cell_stays_as_it_is(cell):
    assert neutral(cell) == cell
    assert original(cell) == cell


@pytest.mark.parametrize("count", [0, 1, AT_ONCE - 1, AT_ONCE, AT_ONCE + 1])
def test_a_table_is_read_as_it_was_written(count):
    rows = [[str(number), 'a "b", c\nd'] for number in range(count)]

    text = b"".join(written(["id", "name"], rows)).decode()

    assert text.startswith("id,name\r\n")
    assert [*csv.reader(StringIO(text, newline=""))] == [["id", "name"], *rows]
