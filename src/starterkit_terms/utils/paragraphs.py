"""What has changed between two texts, paragraph by paragraph, at a bounded cost."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from django.utils.html import escape

MOST_PARAGRAPHS = 2_000
MOST_PAIRS = 20_000
"""How many pairs of equal paragraphs are looked at; ordinary texts have few."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hunk:
    """Paragraphs that follow each other and have stayed, come, gone or changed."""

    op: str
    """``equal``, ``insert``, ``delete`` or ``replace``."""

    before: tuple[str, ...]
    after: tuple[str, ...]


def paragraphs_of(source: str) -> list[str]:
    """Return the parts of a Markdown text that blank lines separate."""
    parts = re.split(r"\n[ \t]*(?:\n[ \t]*)+", source.strip())
    return [part for part in parts if part]


def compare(before: str, after: str) -> list[Hunk]:
    """Return what has changed, in the order of the texts.

    What would take too long is one hunk: everything was replaced.
    """
    old, new = paragraphs_of(before), paragraphs_of(after)
    start = _same(old, new)
    end = _same(old[start:][::-1], new[start:][::-1])
    middle = _middle(old[start : len(old) - end], new[start : len(new) - end])
    kept = _equal(old[:start]), *middle, _equal(old[len(old) - end :])
    return [hunk for hunk in kept if hunk.before or hunk.after]


def as_html(hunks: Sequence[Hunk]) -> str:
    """Return the hunks as paragraphs of escaped text, in ``ins`` and ``del``."""
    return "\n".join(line for hunk in hunks for line in _lines(hunk))


def _lines(hunk: Hunk) -> Iterator[str]:
    if hunk.op == "equal":
        yield from map(_paragraph, hunk.after)
        return
    yield from (f"<del>{_paragraph(it)}</del>" for it in hunk.before)
    yield from (f"<ins>{_paragraph(it)}</ins>" for it in hunk.after)


def _paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>"


def _same(one: Sequence[str], other: Sequence[str]) -> int:
    """Return how many paragraphs at the beginning are the same."""
    pairs = zip(one, other, strict=False)
    different = (at for at, (a, b) in enumerate(pairs) if a != b)
    return next(different, min(len(one), len(other)))


def _middle(old: Sequence[str], new: Sequence[str]) -> list[Hunk]:
    if not (old and new) or _is_costly(old, new):
        op = "replace" if old and new else "insert" if new else "delete"
        return [Hunk(op=op, before=tuple(old), after=tuple(new))]
    steps = SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes()
    return [
        Hunk(op=op, before=tuple(old[a:b]), after=tuple(new[c:d]))
        for op, a, b, c, d in steps
    ]


def _is_costly(old: Sequence[str], new: Sequence[str]) -> bool:
    ours, theirs = Counter(old), Counter(new)
    pairs = sum(number * theirs[text] for text, number in ours.items())
    return max(len(old), len(new)) > MOST_PARAGRAPHS or pairs > MOST_PAIRS


def _equal(paragraphs: Sequence[str]) -> Hunk:
    return Hunk(op="equal", before=tuple(paragraphs), after=tuple(paragraphs))
