"""Which addresses are one mailbox, by the rule of the project."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from starterkit_core.addresses import (
    GMAIL,
    TAGGING,
    canonical_email,
    known_providers,
    without_tags,
)
from starterkit_core.utils.emails import canonical_spelling

PATH = "starterkit_core.addresses"
KNOWN = f"{PATH}.known_providers"


def shorter(local, domain):
    return local[:1]


def nothing(local, domain):
    return ""


def other(local, domain):
    return None


@pytest.fixture
def rule(tuner):
    """``rule(path)`` is that of the project."""
    return lambda path: tuner("STARTERKIT_CORE")(EMAIL_RULE=path)


@pytest.mark.parametrize("address", ["Ada+News@Example.com", "a.da@gmail.com"])
def test_by_default_there_is_no_rule(address):
    assert canonical_email(address) == canonical_spelling(address) == address.lower()


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("Ada+News@Example.com", "ada@example.com"),
        ("ada+a+b@example.com", "ada@example.com"),
        ("ada+@example.com", "ada@example.com"),
        ("a.da@example.com", "a.da@example.com"),
        ("+news@example.com", "+news@example.com"),
        ("\uff21da\uff0bnews@example.com", "ada@example.com"),  # full-width signs
    ],
)
def test_without_tags(rule, address, key):
    rule(f"{PATH}.without_tags")

    assert canonical_email(address) == canonical_email(key) == key


@pytest.mark.parametrize("domain", sorted(GMAIL))
def test_gmail_has_neither_dots_nor_tags(rule, domain):
    rule(KNOWN)

    assert canonical_email(f"A.d.a+n.e@{domain}") == f"ada@{domain}"


@pytest.mark.parametrize("domain", sorted(TAGGING))
def test_other_large_providers_have_no_tags(rule, domain):
    rule(KNOWN)

    assert canonical_email(f"A.d.a+n.e@{domain}") == f"a.d.a@{domain}"


@pytest.mark.parametrize("domain", ["example.com", "mail.gmail.com", "gmail.com.br"])
def test_no_other_domain_is_taken_for_a_large_provider(rule, domain):
    rule(KNOWN)

    assert canonical_email(f"a.d.a+ne@{domain}") == f"a.d.a+ne@{domain}"


def test_domains_of_one_provider_stay_different(rule):
    rule(KNOWN)

    assert canonical_email("ada@gmail.com") != canonical_email("ada@googlemail.com")


@pytest.mark.parametrize("domain", ["gmail.com", "example.com"])
@pytest.mark.parametrize("used", [known_providers, without_tags])
def test_a_part_in_quotes_is_no_concern_of_a_rule(rule, used, domain):
    rule(f"{PATH}.{used.__name__}")
    address = f'"a.d a+news"@{domain}'

    assert canonical_email(address) == address


def test_needless_quotes_hide_no_tag(rule):
    rule(KNOWN)

    assert canonical_email('"a.da+news"@gmail.com') == "ada@gmail.com"


@pytest.mark.parametrize("local", [".", "...", "+news", ".+news"])
def test_what_would_be_empty_stays(rule, local):
    rule(KNOWN)

    assert canonical_email(f"{local}@gmail.com") == f"{local}@gmail.com"


@pytest.mark.parametrize("name", ["shorter", "other"])
def test_a_rule_that_goes_too_far_is_refused_when_it_is_called(rule, name):
    rule(f"{__name__}.{name}")

    with pytest.raises(ImproperlyConfigured, match="may leave out the dots"):
        canonical_email("ada@example.com")


def test_a_rule_that_returns_nothing_keeps_the_address(rule):
    rule(f"{__name__}.nothing")

    assert canonical_email("ada+news@example.com") == "ada+news@example.com"


@pytest.mark.parametrize("address", ["", "ada", "@gmail.com", "ada@", "a b@gmail.com"])
def test_a_malformed_address_has_no_key_by_any_rule(rule, address):
    rule(KNOWN)

    with pytest.raises(ValueError):  # noqa: PT011  # no user sees the message
        canonical_email(address)
