"""Tokens of links in mails."""

from uuid import UUID

import pytest

from starterkit_core.services.mailed_tokens import TokenKind
from starterkit_core.utils.uuid7 import uuid7

KIND = TokenKind(prefix="skx_", purpose="tests.door")
ROW, SALT = UUID("0199f0a3-c5b8-7d7e-8a41-f0c2d3e4f5a6"), bytes(16)
TOKEN = KIND.token(ROW, SALT, "ada@example.com")


def is_token(given, row=ROW, salt=SALT, bound_to="ada@example.com", kind=KIND):
    return kind.is_token(given, row, salt, bound_to)


def test_is_of_its_row():
    assert KIND.id_in(TOKEN) == ROW
    assert is_token(TOKEN)


def test_opens_no_other_row():
    assert not is_token(TOKEN, row=uuid7())


def test_is_void_with_another_salt_or_another_address():
    assert not is_token(TOKEN, salt=bytes([1] * 16))
    assert not is_token(TOKEN, bound_to="grace@example.com")


def test_a_token_opens_nothing_of_another_kind():
    other = TokenKind(prefix="skx_", purpose="tests.window")

    assert not is_token(TOKEN, kind=other)


def test_outlives_a_new_key_of_the_server_until_the_former_is_removed(settings):
    former = settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new " * 12, [former]
    assert is_token(TOKEN)

    settings.SECRET_KEY_FALLBACKS = []
    assert not is_token(TOKEN)


@pytest.mark.parametrize(
    "given", ["", "skx_", "skl_" + TOKEN[4:], TOKEN[:-4], TOKEN + "AAAA", "skx_é", "\0"]
)
def test_a_malformed_one_has_no_id(given):
    assert KIND.id_in(given) is None
    assert not is_token(given)


def test_no_report_of_an_error_shows_it():
    assert repr(TOKEN) == "[redacted]"
