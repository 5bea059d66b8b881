"""What failed code knew is found, to hide it in what the code said."""

from dataclasses import dataclass
from types import SimpleNamespace

from django.utils.functional import SimpleLazyObject

from starterkit_core.utils.known_secrets import secrets_of
from starterkit_core.utils.secrets import Secret


@dataclass(slots=True)
class Given:
    word: str
    password: str


def failure_of(function, *args):
    try:
        function(*args)
    except ValueError as error:
        return error
    raise AssertionError


def fail(*_given):
    raise ValueError


def test_finds_the_secrets_in_the_frames_of_an_error_and_of_its_cause():
    def first():
        _hidden = Secret("tell me")
        fail()

    def second():
        try:
            first()
        except ValueError as cause:
            _hidden = Secret("me too")
            raise ValueError from cause

    known = secrets_of(failure_of(second))

    assert {"tell me", "me too"} <= {*known}


def test_finds_them_in_each_error_of_a_group():
    def first():
        password = Secret("tell me")
        fail(password)

    def second():
        raise ExceptionGroup("both", [failure_of(first)])

    try:
        second()
    except ExceptionGroup as group:
        known = secrets_of(group)

    assert "tell me" in known


def test_finds_them_in_what_variables_consist_of():
    def first():
        _self = SimpleNamespace(input=Given("plain text", "Pass word"))
        _rows = [{"body": {"client_secret": "Row 12", "size": "Large 1"}}]
        fail()

    known = secrets_of(failure_of(first))

    assert {"Pass word", "Row 12"} <= {*known}
    assert not {"plain text", "Large 1"} & {*known}


def test_finds_them_in_the_code_that_runs():
    password = "Hunter 2"

    known = secrets_of(None)

    assert password in known
    assert {"Hunter%202", "Hunter+2"} <= {*known}


def test_a_common_word_or_a_short_text_is_no_secret_by_its_name():
    code, token, email = "invalid_token", "a1", ""

    assert not {code, token, email} & {*secrets_of(None)}


def test_looks_into_nothing_that_would_run_code():
    def load():
        raise AssertionError

    class Wily:
        @property
        def password(self):
            raise AssertionError

        __iter__ = __len__ = __eq__ = __hash__ = password.fget

    class WilyList(list):
        __iter__ = __len__ = __getitem__ = Wily.password.fget

    _user, _wily, _list = SimpleLazyObject(load), Wily(), WilyList([Wily()])
    _endless = itself = []
    itself.append(itself)

    assert isinstance(secrets_of(None), list)
