"""Differences: complete, escaped, and at a bounded cost."""

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from starterkit_terms.utils.paragraphs import as_html, compare, paragraphs_of

TEXTS = st.lists(st.sampled_from(["a", "b", "c", "<i>"]), max_size=9).map("\n\n".join)


@given(TEXTS, TEXTS)
def test_hunks_put_both_texts_together(before, after):
    hunks = compare(before, after)

    assert [it for hunk in hunks for it in hunk.before] == paragraphs_of(before)
    assert [it for hunk in hunks for it in hunk.after] == paragraphs_of(after)
    for hunk in hunks:
        assert (hunk.op == "equal") == (hunk.before == hunk.after)
    assert "<i>" not in as_html(hunks)


def test_a_paragraph_ends_at_a_blank_line():
    assert paragraphs_of("a\nb\n \t\n\nc\n") == ["a\nb", "c"]
    assert paragraphs_of("") == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (["a"] * 5_000, ["b", *["a"] * 5_000, "b"]),
        (["a", "b"] * 1_500, ["b", "a"] * 1_500),
        ([str(n) for n in range(9_000)], [str(-n) for n in range(9_000)]),
        (["x"] * 120, ["y", *["x"] * 120, "z"]),
        ([" " * 500_000], ["\n" * 500_000]),
    ],
)
def test_never_takes_long(before, after):
    start = process_time()

    compare("\n\n".join(before), "\n\n".join(after))

    assert process_time() - start < 1
