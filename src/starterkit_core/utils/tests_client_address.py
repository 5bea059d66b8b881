"""The client's address: no header of a client may choose it."""

import time

import pytest

from starterkit_core.utils.client_address import client_address, coarse, network_of

SOCKET = "198.51.100.9"


def seen(forwarded, proxies, socket=SOCKET):
    meta = {"REMOTE_ADDR": socket, "HTTP_X_FORWARDED_FOR": forwarded}
    return client_address(meta, proxies)


@pytest.mark.parametrize("proxies", [0, -1])
def test_believes_no_header_without_a_trusted_proxy(proxies):
    assert seen("192.0.2.1", proxies) == SOCKET


@pytest.mark.parametrize(
    ("forwarded", "proxies", "client"),
    [
        ("192.0.2.1", 1, "192.0.2.1"),
        ("192.0.2.1, 203.0.113.7", 1, "203.0.113.7"),
        ("invented, 192.0.2.1, 203.0.113.7", 2, "192.0.2.1"),
        ("a, b,192.0.2.1 ,203.0.113.7,203.0.113.8", 3, "192.0.2.1"),
        ("192.0.2.1:51234", 1, "192.0.2.1"),
        ("2001:DB8:0:0::1", 1, "2001:db8::1"),
        ("[2001:db8::1]", 1, "2001:db8::1"),
        ("[2001:db8::1]:51234", 1, "2001:db8::1"),
        ("::ffff:192.0.2.1", 1, "192.0.2.1"),
        ("[::ffff:c000:201]:80", 1, "192.0.2.1"),
    ],
)
def test_reads_the_address_that_the_outermost_trusted_proxy_saw(
    forwarded, proxies, client
):
    assert seen(forwarded, proxies) == client


@pytest.mark.parametrize(
    "forwarded",
    [
        "",
        " ",
        ",",
        "unknown",
        "_hidden",
        "192.0.2.1,",
        "192.0.2.1, 999.0.2.1",
        "192.0.2.01",
        "192.0.2.1/24",
        "192.0.2.1:80:80",
        "::1::2",
        "[",
        "[]",
        "\x00",
        "\ud800",
        "１９２.0.2.1",  # noqa: RUF001
        "<script>",
        "9" * 5_000,
        "[" + "1" * 5_000,
    ],
)
def test_falls_back_to_the_socket_for_a_malformed_header(forwarded):
    assert seen(forwarded, 1) == SOCKET


def test_falls_back_to_the_socket_when_a_proxy_was_passed_by():
    assert seen("192.0.2.1", 2) == SOCKET


def test_a_repeated_header_only_adds_on_the_left():
    as_wsgi_joins_it = ",".join(["192.0.2.66", "192.0.2.1"])

    assert seen(as_wsgi_joins_it, 1) == "192.0.2.1"


@pytest.mark.parametrize(
    ("socket", "client"),
    [
        ("", ""),
        ("unix:", ""),
        ("/run/app.sock", ""),
        ("::1", "::1"),
        ("::ffff:127.0.0.1", "127.0.0.1"),
        ("fe80::1%eth0", "fe80::1"),
    ],
)
def test_the_socket_may_have_any_kind_of_address(socket, client):
    assert seen("", 0, socket) == client


def test_needs_no_header_and_no_address():
    assert client_address({}, 1) == ""


def test_a_long_header_costs_little():
    forwarded = "1.1.1.1," * 1_000_000
    started = time.thread_time()

    assert seen(forwarded, 1) == SOCKET
    assert time.thread_time() - started < 0.5


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("fe80::1%anything", "fe80::/64"),
        ("", "unknown"),
        ("unix:", "unknown"),
        ("/run/app.sock", "unknown"),
        ("\ud800", "unknown"),
    ],
)
def test_counts_ipv6_by_the_64_and_the_rest_by_the_address(address, network):
    assert network_of(address) == network


@pytest.mark.parametrize(
    ("address", "precision", "expected"),
    [
        ("203.0.113.77", "truncated", "203.0.113.0/24"),
        ("2001:db8:1:2:3:4:5:6", "truncated", "2001:db8:1::/48"),
        ("203.0.113.77", "full", "203.0.113.77"),
        ("203.0.113.77", "off", ""),
        ("", "truncated", ""),
        ("", "full", ""),
        ("no address", "truncated", ""),
    ],
)
def test_keeps_as_much_of_an_address_as_the_project_says(address, precision, expected):
    assert coarse(address, precision) == expected
