"""Secrets that are used as text and printed as a blot."""

import copy
import json
import pickle
from pprint import pformat

import pytest
from django.contrib.auth.hashers import check_password, make_password

from starterkit_core.utils.redaction import BLOT
from starterkit_core.utils.secrets import (
    NamedSecret,
    Secret,
    SecretBytes,
    hide_named,
    holds_secret,
    revealed,
)


@pytest.mark.parametrize("secret", [Secret("tell me"), SecretBytes(b"tell me")])
def test_is_printed_as_a_blot_wherever_it_is(secret):
    for shown in (repr(secret), f"{secret!r}", pformat({"a": [secret]})):
        assert BLOT in shown
        assert "tell" not in shown
    pickled = pickle.dumps(secret)
    for again in (copy.deepcopy(secret), pickle.loads(pickled)):  # noqa: S301  # ours
        assert again == secret
        assert repr(again) == BLOT


def test_is_text_for_whatever_uses_it():
    secret = Secret("tell me")

    assert secret == "tell me"
    assert f"{secret}" == str(secret) == "tell me"  # so a hasher may format
    assert json.loads(json.dumps({"a": secret})) == {"a": "tell me"}
    assert check_password("tell me", make_password(secret))
    assert check_password(secret, make_password("tell me"))


def test_hides_text_by_its_name():
    pairs = [("newPassword", "a b"), ("codes", ["a b"]), ("name", "Ada"), ("code", 7)]

    hidden = hide_named(pairs)

    assert hidden == pairs
    assert "a b" not in repr(hidden)
    assert "Ada" in repr(hidden)


def test_is_plain_text_again_for_a_renderer_of_the_project():
    data = {"token": Secret("tell me"), "rows": [Secret("tell me"), 7]}

    plain = revealed(data)

    assert plain == data
    assert type(plain["token"]) is type(plain["rows"][0]) is str


@pytest.mark.parametrize(
    ("data", "holds"),
    [
        ({"keys": [{"token": Secret("tell me")}]}, True),
        ((Secret("tell me"),), True),
        ({"keys": [{"name": "Lamp"}], "code": NamedSecret("1000"), "n": 7}, False),
        (None, False),
    ],
)
def test_knows_data_with_a_secret_by_more_than_its_name(data, holds):
    assert holds_secret(data) is holds
