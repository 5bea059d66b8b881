import pytest

from starterkit_terms.utils.addresses import kept_address


@pytest.mark.parametrize(
    ("address", "policy", "kept"),
    [
        ("203.0.113.77", "truncated", "203.0.113.0"),
        ("2001:db8:1:2:3::4", "truncated", "2001:db8:1::"),
        ("203.0.113.77", "full", "203.0.113.77"),
        ("203.0.113.77", "off", ""),
        ("", "truncated", ""),
        ("no address", "truncated", ""),
    ],
)
def test_keeps_what_the_policy_allows(address, policy, kept):
    assert kept_address(address, policy) == kept
