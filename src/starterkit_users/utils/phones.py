"""Phone numbers in the form of E.164, by the library phonenumberslite."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

LONGEST = 16
"""Characters of a number: a plus sign and at most 15 digits (E.164, section 6)."""


def is_installed() -> bool:
    """Return whether the extra ``[phone]`` is installed."""
    return find_spec("phonenumbers") is not None


def canonical_phone(text: str, region: str = "") -> str:
    """Return a number as E.164, such as ``+5511961234567``.

    ``region`` is the country (ISO 3166-1, such as ``BR``) of numbers without one; with
    ``""``, a number begins with ``+``.

    Raises:
        ValueError: it is no valid number.
        ImportError: the extra ``[phone]`` is not installed.
    """
    library: Any = import_module("phonenumbers")
    if len(text) > 2 * LONGEST:
        raise ValueError("The phone number is too long.")
    try:
        number = library.parse(text, region or None)
    except library.NumberParseException as error:
        raise ValueError("The phone number is malformed.") from error
    if number.extension or not library.is_valid_number(number):
        raise ValueError("The phone number is not valid.")
    return str(library.format_number(number, library.PhoneNumberFormat.E164))
