"""One address, however it is spelled, without invisible characters."""

import sys
import time
import unicodedata

import pytest

from starterkit_core.utils.emails import MAX_LENGTH, canonical_spelling


@pytest.mark.parametrize(
    ("spelled", "canonical"),
    [
        ("ada@example.com", "ada@example.com"),
        ("ADA@Example.COM", "ada@example.com"),
        ("  ada@example.com\u00a0", "ada@example.com"),
        ("ａｄａ＠ｅｘａｍｐｌｅ．ｃｏｍ", "ada@example.com"),  # noqa: RUF001
        ("ada@example。com", "ada@example.com"),
        ("ﬁn@example.com", "fin@example.com"),
        ("\u212aarl@example.com", "karl@example.com"),  # the Kelvin sign
        ("strauß@example.com", "strauss@example.com"),
        ("STRAUẞ@example.com", "strauss@example.com"),
        ("ada@straße.de", "ada@strasse.de"),
        ("kirsten@example.com", "kirsten@example.com"),
        ("k\u0131rsten@example.com", "kirsten@example.com"),  # without a dot
        ("k\u0130rsten@example.com", "kirsten@example.com"),  # the capital with one
        ("ki\u0307rsten@example.com", "kirsten@example.com"),
        ("k\u0131\u0307\u0307rsten@example.com", "kirsten@example.com"),
        ("k\U0001d6a4rsten@example.com", "kirsten@example.com"),  # of mathematics
        ("i\u0307\u0301@example.com", "\u00ed@example.com"),  # of Lithuanian
        ("ada@k\u0131rsten.com", "ada@kirsten.com"),
        ("ada@K\u0130RSTEN.com", "ada@kirsten.com"),
        ("ada@xn--krsten-p9a.com", "ada@kirsten.com"),
        ("ada@xn--strae-oqa.de", "ada@xn--strae-oqa.de"),  # not IDNA 2003
        ('"ada"@example.com', "ada@example.com"),
        ('"a.d\\a"@example.com', "a.da@example.com"),
        ('"a\\"da"@example.com', '"a\\"da"@example.com'),
        ('"a\\ \\d\\a"@example.com', '"a da"@example.com'),
        ("caf\u00e9@example.com", "caf\u00e9@example.com"),
        ("cafe\u0301@example.com", "caf\u00e9@example.com"),
        ("ada@MÜNCHEN.de", "ada@xn--mnchen-3ya.de"),
        ("ada@XN--MNCHEN-3YA.de", "ada@xn--mnchen-3ya.de"),
        ("ada+news@example.com", "ada+news@example.com"),
        ("o'neil@example.com", "o'neil@example.com"),
        ('"Ada @ Home"@example.com', '"ada @ home"@example.com'),
        ("root@localhost", "root@localhost"),
    ],
)
def test_spellings_of_one_address_are_equal(spelled, canonical):
    assert canonical_spelling(spelled) == canonical
    assert canonical_spelling(canonical) == canonical


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ada@apple.com", "ada@\u0430pple.com"),  # Cyrillic a
        ("ada@example.com", "\u0430da@example.com"),
        ("ada@example.com", "a.da@example.com"),
        ("ada@example.com", "ada+x@example.com"),
    ],
)
def test_addresses_that_only_look_alike_stay_different(one, other):
    assert canonical_spelling(one) != canonical_spelling(other)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "@",
        "ada",
        "ada@",
        "@example.com",
        "ada@@example.com",
        "ada@home@example.com",
        "ada@home＠example.com",  # noqa: RUF001
        "a da@example.com",
        "ada@exa mple.com",
        "ada,bob@example.com",
        "ada@example.com,bob@example.com",
        "Ada <ada@example.com>",
        "ada@example.com>",
        '"ada@example.com',
        'a"d"a@example.com',
        '""@example.com',
        "ada@example..com",
        "ada@.example.com",
        "ada@example.com.",
        "ada@-example.com",
        "ada@exa_mple.com",
        "ada@[127.0.0.1]",
        "ada@" + "a" * 64 + ".com",
    ],
)
def test_refuses_an_invalid_address(address):
    with pytest.raises(ValueError, match=r".+"):
        canonical_spelling(address)


@pytest.mark.parametrize(
    "sign",
    [
        "\x00",
        "\n",
        "\r",
        "\t",
        "\x1f",
        "\x7f",
        "\x85",
        "\u00ad",  # soft hyphen
        "\u061c",
        "\u200b",  # zero width space
        "\u200d",
        "\u200e",
        "\u202e",  # right-to-left override
        "\u2028",
        "\u2066",
        "\ufeff",
        "\ud800",  # half of a pair
        "\ue000",  # private use
        "\U000e0041",  # tag letter
    ],
)
@pytest.mark.parametrize(
    "place", ["{}ada@example.com", "a{}da@example.com", "a@b{}.co"]
)
def test_refuses_invisible_characters(sign, place):
    with pytest.raises(ValueError, match=r".+"):
        canonical_spelling(place.format(sign))


def test_the_canonical_form_is_stable_for_every_character():
    signs = (chr(code) for code in range(0x80, sys.maxunicode + 1, 7))
    known = [sign for sign in signs if unicodedata.category(sign)[0] in "LMNPS"]

    for sign in known:
        for address in (f"a{sign}b@example.com", f"a@x{sign}.com"):
            try:
                canonical = canonical_spelling(address)
            except ValueError:
                continue
            assert canonical_spelling(canonical) == canonical, ascii(address)


@pytest.mark.parametrize(
    "address",
    [
        "a" * 10_000_000 + "@example.com",
        "a" * (MAX_LENGTH - 11) + "@example.com",
        "\ufdfa" * 200 + "@example.com",  # one sign that folds to eighteen
        "a@" + "é語ä語é語ä語." * 20 + "de",  # longer in ASCII
    ],
    ids=["huge", "by one", "after folding", "in ascii"],
)
def test_refuses_long_addresses_at_little_cost(address):
    started = time.thread_time()

    with pytest.raises(ValueError, match=r".+"):
        canonical_spelling(address)

    assert time.thread_time() - started < 0.5


def test_accepts_the_longest_address():
    address = "a" * (MAX_LENGTH - 12) + "@example.com"

    assert canonical_spelling(address) == address
