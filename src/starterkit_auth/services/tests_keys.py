import pytest

from starterkit_auth.services import keys

OLD, NEW = "o" * 40, "n" * 40


def test_derives_the_key_of_the_example_in_rfc_5869():
    """Appendix A.1, the first block of its output."""
    derived = keys.derive(
        bytes.fromhex("0b" * 22),
        salt=bytes.fromhex("000102030405060708090a0b0c"),
        purpose=bytes.fromhex("f0f1f2f3f4f5f6f7f8f9"),
    )

    assert derived.hex() == (
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
    )


def test_the_first_key_signs_and_all_verify(settings):
    settings.STARTERKIT_AUTH = {"SIGNING_KEYS": [NEW, OLD]}

    assert keys.signing_key().secret == NEW.encode()
    assert [key.secret for key in keys.keys_named(keys.signing_key().id)] == [
        NEW.encode()
    ]


def test_without_keys_of_its_own_it_takes_those_of_the_project(settings):
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEW, [OLD]
    former = keys.Key(keys._key(OLD.encode()).id, OLD.encode())

    assert keys.signing_key().secret == NEW.encode()
    assert list(keys.keys_named(former.id)) == [former]


@pytest.mark.parametrize("key_id", [b"", b"none", b"\x00" * 4])
def test_an_unknown_id_names_no_key(key_id):
    assert list(keys.keys_named(key_id)) == []


def test_a_key_does_not_show_its_secret():
    assert "secret" not in repr(keys.signing_key())
