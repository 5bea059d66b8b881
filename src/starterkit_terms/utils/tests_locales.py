import pytest

from starterkit_terms.utils.locales import best_locale, wanted_languages


@pytest.mark.parametrize(
    ("wanted", "offered", "chosen"),
    [
        (["pt-br"], ["en", "pt-br"], "pt-br"),
        (["pt-br"], ["en", "pt"], "pt"),
        (["pt"], ["en", "pt-br"], "pt-br"),
        (["pt-ao"], ["en", "pt-br", "pt-pt"], "pt-br"),
        (["fr", "pt"], ["en", "pt"], "pt"),
        (["fr"], ["en", "pt"], "en"),
        ([], ["en", "pt"], "en"),
        ([], ["de", "pt"], "de"),
        ([""], ["en"], "en"),
    ],
)
def test_chooses_the_nearest_language(wanted, offered, chosen):
    assert best_locale(wanted, offered, "en") == chosen


@pytest.mark.parametrize(
    ("header", "languages"),
    [
        ("pt-BR,pt;q=0.9,en;q=0.8", ("pt-br", "pt", "en")),
        ("en;q=0.1, de", ("de", "en")),
        ("en;q=0, *", ()),
        ("", ()),
        ("not a header; at all", ()),
        ("\x00", ()),
    ],
)
def test_reads_the_header(header, languages):
    assert wanted_languages(header) == languages
