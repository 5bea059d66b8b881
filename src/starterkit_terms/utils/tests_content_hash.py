import pytest

from starterkit_terms.utils.content_hash import content_hash

GIVEN = {
    "document": "terms",
    "number": 1,
    "locale": "en",
    "title": "Caf\u00e9",
    "source": "a\nb",
}


def test_is_the_hash_of_canonical_json():
    """The expected hash was made with sha256sum from the bytes in the docstring.

    {"document":"terms","locale":"en","number":1,"source":"a\\nb","title":"Café"}
    """
    assert (
        content_hash(**GIVEN)
        == "25a208fca7fcbdab9abdf1eb1e2bbbd29925f77cb6f4c239289d33a3f004e985"
    )


@pytest.mark.parametrize(
    "same", [{"title": "Cafe\u0301"}, {"source": "a\r\nb"}, {"source": "a\rb"}]
)
def test_spelling_makes_no_difference(same):
    assert content_hash(**GIVEN | same) == content_hash(**GIVEN)


@pytest.mark.parametrize(
    "change",
    [
        {"document": "privacy"},
        {"number": 2},
        {"locale": "pt"},
        {"title": "Cafe"},
        {"source": "a\n\nb"},
    ],
)
def test_any_other_change_makes_another_hash(change):
    assert content_hash(**GIVEN | change) != content_hash(**GIVEN)
