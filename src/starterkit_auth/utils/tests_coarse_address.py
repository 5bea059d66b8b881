import pytest

from starterkit_auth.utils.coarse_address import coarse


@pytest.mark.parametrize(
    ("address", "precision", "expected"),
    [
        ("203.0.113.77", "truncated", "203.0.113.0/24"),
        ("2001:db8:1:2:3:4:5:6", "truncated", "2001:db8:1::/48"),
        ("203.0.113.77", "full", "203.0.113.77"),
        ("203.0.113.77", "off", ""),
        ("", "truncated", ""),
        ("", "full", ""),
    ],
)
def test_keeps_as_much_as_the_project_says(address, precision, expected):
    assert coarse(address, precision) == expected
