import pytest

pytestmark = pytest.mark.django_db(databases="__all__")


def test_the_api_works(person):
    wrong = person.walk()

    assert wrong == ""
