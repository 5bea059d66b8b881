import pytest

from starterkit_terms.checks import check_authenticators


@pytest.mark.parametrize(
    "path", ["nowhere.Authentication", "nowhere", "starterkit_terms.conf.conf"]
)
def test_names_what_is_no_authenticator(tuner, path):
    tuner("STARTERKIT_TERMS")(AUTHENTICATION_CLASSES=[path])

    (found,) = check_authenticators()

    assert found.id == "starterkit_terms.E001"
    assert path in found.msg


def test_is_content_with_those_of_drf(tuner):
    path = "rest_framework.authentication.SessionAuthentication"
    tuner("STARTERKIT_TERMS")(AUTHENTICATION_CLASSES=[path])

    assert check_authenticators() == []
