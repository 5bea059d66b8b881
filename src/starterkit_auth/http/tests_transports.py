import pytest
from django.test import RequestFactory

from starterkit_auth.http import transports
from starterkit_core.errors import CrossSiteRequest

OURS, TRUSTED, EVIL = (
    "http://testserver",
    "https://app.example.com",
    "https://evil.test",
)


def passes(**meta):
    try:
        transports.check_same_site(RequestFactory().post("/", **meta))
    except CrossSiteRequest:
        return False
    return True


@pytest.mark.parametrize(
    ("site", "origin", "expected"),
    [
        ("same-origin", None, True),
        ("same-origin", OURS, True),
        ("same-origin", EVIL, True),  # behind a proxy of the front end's server
        ("same-site", None, False),
        ("same-site", TRUSTED, True),
        ("same-site", "https://other.example.com", False),
        ("cross-site", TRUSTED, True),
        ("cross-site", EVIL, False),
        ("cross-site", OURS, False),
        ("cross-site", None, False),
        ("none", None, False),
        ("", None, False),
        ("SAME-ORIGIN", None, False),
        ("same-origin, cross-site", None, False),
        (None, OURS, True),
        (None, TRUSTED, True),
        (None, "https://testserver", False),
        (None, "http://testserver:8000", False),
        (None, EVIL, False),
        (None, "null", False),
        (None, "", False),
        (None, None, False),
    ],
)
def test_only_pages_of_ours_may_use_the_cookie(settings, site, origin, expected):
    settings.CSRF_TRUSTED_ORIGINS = [TRUSTED]
    meta = {"HTTP_SEC_FETCH_SITE": site, "HTTP_ORIGIN": origin}

    assert (
        passes(**{key: meta[key] for key in meta if meta[key] is not None}) is expected
    )


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        ("https://a.example.com", True),
        ("https://a.b.example.com", True),
        ("https://example.com", True),
        ("http://a.example.com", False),
        ("https://notexample.com", False),
        ("https://a.example.com:8443", False),
        ("https://evil.test/.example.com", False),
        ("https://evil.test#.example.com", False),
        ("https://[", False),
    ],
)
def test_a_trusted_origin_may_stand_for_its_subdomains(settings, origin, expected):
    settings.CSRF_TRUSTED_ORIGINS = ["https://*.example.com"]

    assert passes(HTTP_ORIGIN=origin) is expected


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({}, "__Host-starterkit"),
        ({"COOKIE_DOMAIN": "example.com"}, "__Secure-starterkit"),
        ({"COOKIE_SAMESITE": "None"}, "__Host-starterkit-partitioned"),
        ({"COOKIE_SAMESITE": "None", "COOKIE_PARTITIONED": False}, "__Host-starterkit"),
        ({"COOKIE_SECURE": False}, "starterkit"),
        ({"COOKIE_SECURE": False, "COOKIE_DOMAIN": "example.com"}, "starterkit"),
    ],
)
def test_the_prefix_of_the_cookie_fits_its_attributes(settings, given, name):
    settings.STARTERKIT_AUTH = given

    assert transports.cookie_name() == name
