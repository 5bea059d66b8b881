"""Choosing among languages."""

from collections.abc import Iterable, Sequence

from django.utils.translation.trans_real import parse_accept_lang_header


def wanted_languages(header: str) -> tuple[str, ...]:
    """Return the languages of an ``Accept-Language`` header, the best one first.

    A language that is explicitly refused (``q=0``) and ``*`` say nothing we can use.
    """
    found = parse_accept_lang_header(header)
    return tuple(language for language, quality in found if quality and language != "*")


def best_locale(wanted: Sequence[str], offered: Iterable[str], fallback: str) -> str:
    """Return what to show of ``offered``, which is not empty.

    For each wanted language: itself, then what it is a kind of (``pt-br``: ``pt``),
    then another kind of that. Failing that the fallback, in the same way; failing that
    the first of the alphabet, so that everybody is shown the same.
    """
    available = sorted(offered)
    for language in (*wanted, fallback):
        base = language.split("-")[0]
        kinds = [locale for locale in available if locale.split("-")[0] == base]
        for choice in (language, base, *kinds):
            if choice in available:
                return choice
    return available[0]
