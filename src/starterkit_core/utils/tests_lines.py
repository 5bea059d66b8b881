import pytest

from starterkit_core.utils.lines import one_line


@pytest.mark.parametrize(
    "text",
    [
        "Ada Lovelace",
        "O'Neil, Jr.",
        "山田\u3000太郎",  # an ideographic space
        "葛\U000e0100城",  # a variant of a character in a Japanese name
        "می\u200cخواهم",  # noqa: RUF001  # Persian: a word with a zero width non-joiner
        "نُ\u200cه",  # noqa: RUF001  # the same after a vowel mark
        "ක්\u200dෂ",  # Sinhala: a virama and a joiner
        "র\u200d্যাব",  # Bengali: a joiner before the virama
        "👩\u200d💻 phone",
        "👩🏽\u200d🚀",
        "🏳\ufe0f\u200d🌈",
        "❤\ufe0f",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",  # England
    ],
)
def test_a_name_stays_as_it_is_written(text):
    assert one_line(text) == text


@pytest.mark.parametrize(
    "sign",
    [
        "\t",
        "\n",
        "\r\n",
        "\x0b",
        "\x0c",
        "\x1d",
        "\x85",
        "\u2028",
        "\u2029",
        "\xad",
        "\u034f",
        "\u061c",
        "\u115f",
        "\u180e",
        "\u200b",
        "\u200c",
        "\u200d",
        "\u200e",
        "\u200f",
        "\u2060",
        "\u3164",
        "\ufeff",
        "\uffa0",
        "\U000e0041",
    ],
)
def test_what_breaks_the_line_or_is_invisible_becomes_one_space(sign):
    assert one_line(f"Ada{sign}Lovelace") == "Ada Lovelace"
    assert one_line(f"Ada {sign}{sign} Lovelace{sign}") == "Ada Lovelace"
    assert one_line(sign) == ""


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("ad\u200dmin", "ad min"),
        ("علی\u200c", "علی"),  # at an end
        ("a\u200cب", "a ب"),
        ("👩\u200d", "👩"),
        (" \ufe0fAda", "Ada"),
        ("Ada\U000e0067\U000e007f", "Ada"),  # the signs of a flag without it
    ],
)
def test_a_joiner_without_a_use_becomes_a_space(text, seen):
    assert one_line(text) == seen
