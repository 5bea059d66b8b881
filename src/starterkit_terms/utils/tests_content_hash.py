import pytest

from starterkit_terms.utils.content_hash import content_hash

GIVEN = {
    "document": "terms",
    "number": 1,
    "locale": "en",
    "title": "Caf\u00e9",
    "checkbox": "I accept",
    "source": "a\nb",
}


def test_is_the_hash_of_canonical_json():
    """The expected hash was made with sha256sum from the bytes in the docstring.

    {"checkbox":"I accept","document":"terms","locale":"en","number":1,
    "source":"a\\nb","title":"Café"}; in one line.
    """
    assert (
        content_hash(**GIVEN)
        == "4fdea5c94f5c819c0cbb2b135f62cb3f62bb08461a483be5083c6bf422abd1de"
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
        {"checkbox": "I agree"},
        {"source": "a\n\nb"},
    ],
)
def test_any_other_change_makes_another_hash(change):
    assert content_hash(**GIVEN | change) != content_hash(**GIVEN)
