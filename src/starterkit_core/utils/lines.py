"""One line of visible characters: for names, which stand in lists, mails and logs."""

import re
import unicodedata

UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
"""Control characters except tab and line feed, bidirectional controls, surrogates."""

ODD = re.compile(
    "\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{1,8}\U000e007f"  # a flag
    "|[\t-\r\x1c-\x1f\x85\u2028\u2029"  # tabs and line breaks
    "\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2060-\u2065"
    "\u206a-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U000e0000-\U000e0fff]"
)
"""Tabs, line breaks, and what has no width (Unicode: Default_Ignorable_Code_Point).

Bidirectional overrides and isolates are not among them: they are refused.
"""

JOINERS = "\u200c\u200d"
SELECTORS = re.compile("[\u180b-\u180d\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""They choose the shape of the character before them: emoji, names in Japanese."""

EMOJI = frozenset({"So", "Sk"})
"""The categories of emoji, and of the colours of their skin."""

VIRAMA = 9
"""The combining class of the sign that joins consonants in Indic scripts."""


def one_line(text: str) -> str:
    """Return ``text`` with one space for tabs, line breaks and invisible characters.

    What is invisible and yet part of a word stays: joiners in Persian and Indic words,
    variation selectors, and what emoji are made of.
    """
    if not ODD.search(text):
        return text
    visible = ODD.sub(lambda found: found[0] if _is_used(found) else " ", text)
    return re.sub(" {2,}", " ", visible).strip()


def tidied(text: str) -> str:
    """Return one line of ``text``, also without what a request may not have."""
    return one_line(UNSAFE.sub("\t", text))


def _is_used(found: "re.Match[str]") -> bool:
    """Return whether the character changes how those around it look."""
    sign, text = found[0], found.string
    before, after = text[: found.start()], text[found.end() :]
    if len(sign) > 1:  # a flag
        return True
    if SELECTORS.match(sign):
        return bool(before) and before[-1].isprintable() and not before[-1].isspace()
    return sign in JOINERS and bool(before and after) and _is_joined(before, after[0])


def _is_joined(before: str, following: str) -> bool:
    """Return whether a joiner has a use between these (RFC 5892, A.1, and emoji)."""
    if VIRAMA in {unicodedata.combining(before[-1]), unicodedata.combining(following)}:
        return True
    both = (_without_marks(before), following)
    is_arabic = all(unicodedata.bidirectional(sign) == "AL" for sign in both)
    return is_arabic or all(unicodedata.category(sign) in EMOJI for sign in both)


def _without_marks(before: str) -> str:
    """Return the last character that is no mark, or ``" "``."""
    signs = (sign for sign in reversed(before) if unicodedata.category(sign) != "Mn")
    return next(signs, " ")
