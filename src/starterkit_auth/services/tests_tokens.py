import base64
import random
from datetime import timedelta

import pytest
from django.utils import timezone

from starterkit_auth.services.keys import signing_key
from starterkit_auth.services.tokens import (
    EXPIRING,
    EXPIRY_BYTES,
    HEAD,
    MAC_BYTES,
    Kind,
    _tag,
    mint,
    parse,
)

pytestmark = pytest.mark.django_db

KINDS = list(Kind)


def mint_any(kind, session):
    expires_at = timezone.now() + timedelta(minutes=1)
    return mint(kind, session, expires_at=expires_at if kind in EXPIRING else None)


@pytest.mark.parametrize("kind", KINDS)
def test_is_parsed_to_the_values_it_was_made_of(opened, kind):
    token = parse(mint_any(kind, opened.session))

    assert token.kind is kind
    assert token.session_id == opened.session.pk
    assert token.generation == opened.session.generation
    assert token.is_made_for(opened.session)


def test_is_short_and_has_a_prefix_that_scanners_find(opened):
    assert opened.access_token.startswith("ska_")
    assert opened.refresh_token.startswith("skr_")
    assert len(opened.access_token) == 100
    assert len(opened.refresh_token) == 92


def test_can_be_made_again(opened):
    assert mint(Kind.REFRESH, opened.session) == opened.refresh_token


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("other", KINDS)
def test_no_kind_is_taken_for_another(opened, kind, other):
    text = mint_any(kind, opened.session)
    disguised = parse(other.value + text.removeprefix(kind.value))

    genuine = disguised is not None and disguised.is_made_for(opened.session)

    assert genuine == (kind is other)


def test_belongs_to_one_session(opened, open_for, member):
    other = open_for(member).session

    assert not parse(opened.refresh_token).is_made_for(other)


def test_a_new_salt_kills_it(opened):
    opened.session.salt = b"another salt 16b"

    assert not parse(opened.access_token).is_made_for(opened.session)


def test_a_new_key_in_front_keeps_it_and_a_dropped_key_kills_it(opened, settings):
    token, old = parse(opened.refresh_token), settings.SECRET_KEY

    settings.STARTERKIT_AUTH = {"SIGNING_KEYS": ["n" * 40, old]}
    assert token.is_made_for(opened.session)
    assert mint(Kind.REFRESH, opened.session) != opened.refresh_token

    settings.STARTERKIT_AUTH = {"SIGNING_KEYS": ["n" * 40]}
    assert not token.is_made_for(opened.session)


def test_every_changed_bit_kills_it(opened):
    prefix, raw = "ska_", base64.urlsafe_b64decode(opened.access_token[4:])

    for place in range(len(raw) * 8):
        changed = bytearray(raw)
        changed[place // 8] ^= 1 << place % 8
        token = parse(prefix + base64.urlsafe_b64encode(changed).decode())
        assert token is None or not token.is_made_for(opened.session)


@pytest.mark.parametrize("kind", KINDS)
def test_a_malformed_token_is_parsed_to_none_without_a_query(
    opened, kind, django_assert_num_queries
):
    text = mint_any(kind, opened.session)

    with django_assert_num_queries(0):
        read = {parse(text[:place] + "!" + text[place + 1 :]) for place in (5, 50, -1)}
        read |= {parse(kind.value + "A" * (len(text) - 4))}
        read |= {parse(other.value + text[4:]) for other in KINDS if other is not kind}

    assert read == {None}


@pytest.mark.parametrize("kind", KINDS)
def test_a_key_without_the_row_is_not_enough(opened, kind):
    """An attacker with the signing key can tag a token, but not sign it."""
    raw = base64.urlsafe_b64decode(mint_any(kind, opened.session)[4:])
    expiry = b"\xff" * EXPIRY_BYTES if kind in EXPIRING else b""  # beyond any year
    guessed = raw[: HEAD.size] + expiry + b"?" * MAC_BYTES
    tag = _tag(signing_key(), kind, guessed)

    token = parse(kind.value + base64.urlsafe_b64encode(guessed + tag).decode())

    assert token.session_id == opened.session.pk
    assert not token.is_made_for(opened.session)


def test_a_row_without_the_key_is_not_enough(opened, settings):
    settings.STARTERKIT_AUTH = {"SIGNING_KEYS": ["somebody else's key " * 2]}
    forged = mint(Kind.REFRESH, opened.session)

    settings.STARTERKIT_AUTH = {}

    assert parse(forged) is None


def test_every_other_character_makes_it_another_token(opened):
    text = opened.refresh_token

    for place in range(len(text)):
        changed = (
            text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :]
        )
        token = parse(changed)
        assert token is None or not token.is_made_for(opened.session)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ska_",
        "skx_" + "A" * 88,
        "skr_" + "A" * 88 + "=",
        "skr_" + "A" * 88 + "\n",
        " skr_" + "A" * 88,
        "skr_" + "A" * 87 + "é",
        "skr_" + "A" * 87 + "\ud800",
        "skr_" + "\u0661" * 88,
        "ska_" + "A" * 100_000,
        "ska_" + "A" * 88,
        "ska_" + "A" * 96,
        "skr_" + "_" * 96,
        "ska_" + "AQ" + "_" * 94,
        "eyJhbGciOiJub25lIn0.e30.",
        "../../etc/passwd",
        "' OR 1=1 --",
        "\x00",
    ],
)
def test_only_our_tokens_are_genuine(opened, text):
    token = parse(text)

    assert token is None or not token.is_made_for(opened.session)


def test_parsing_random_text_never_raises(opened):
    noise = random.Random(7)  # noqa: S311
    alphabet = "ABCabc019-_=+/. \t\n\x00é\ud800" + opened.access_token

    for _ in range(3_000):
        kind = noise.choice(["", *(kind.value for kind in KINDS)])
        length = noise.choice([0, 1, 10, 87, 88, 89, 95, 96, 97, 500])
        token = parse(kind + "".join(noise.choices(alphabet, k=length)))
        assert token is None or not token.is_made_for(opened.session)


def test_shows_no_secret_when_printed(opened):
    mac = parse(opened.access_token).mac

    assert repr(mac) not in repr(parse(opened.access_token))
    assert opened.access_token not in repr(opened)
    assert opened.refresh_token not in repr(opened)
