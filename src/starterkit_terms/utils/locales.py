"""Language negotiation."""

from collections.abc import Iterable, Sequence

from django.utils.translation.trans_real import parse_accept_lang_header


def wanted_languages(header: str) -> tuple[str, ...]:
    """Return the languages of an ``Accept-Language`` header, the best one first.

    Languages that are explicitly refused (``q=0``) and ``*`` are left out.
    """
    found = parse_accept_lang_header(header)
    return tuple(language for language, quality in found if quality and language != "*")


def best_locale(wanted: Sequence[str], offered: Iterable[str], fallback: str) -> str:
    """Return the best match in ``offered``, which must not be empty.

    For each wanted language: an exact match, then its base language (``pt`` for
    ``pt-br``), then another variant of the base. Then ``fallback`` in the same way, and
    last the first in alphabetical order, so that the result is always the same.
    """
    available = sorted(offered)
    for language in (*wanted, fallback):
        base = language.split("-")[0]
        variants = [locale for locale in available if locale.split("-")[0] == base]
        for choice in (language, base, *variants):
            if choice in available:
                return choice
    return available[0]
