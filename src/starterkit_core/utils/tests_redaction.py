"""Secrets and addresses are hidden by their names and by what they look like."""

from time import thread_time

import pytest

from starterkit_core.utils.redaction import (
    BLOT,
    CUT,
    LONGEST_TEXT,
    MOST,
    is_private,
    is_secret,
    redacted,
    redacted_text,
)
from starterkit_core.utils.secrets import Secret, SecretBytes

# In columns: one word a line would fill two pages.
SECRETS = (
    "password", "newPassword", "passphrase", "access_token", "X-CSRFToken", "otp",
    "code", "backup_codes", "client_secret", "HTTP_AUTHORIZATION", "auth", "Set-Cookie",
    "api_key", "X-Api-Key", "apiKey", "private_key", "session_key", "sessionid",
    "assertion", "credential", "code_verifier", "id_jwt", "reset_link", "signature",
    "pass", "smtp_pass", "PIN", "senha", "nova_senha",
)  # fmt: skip
ADDRESSES = ("email", "e_mail", "USER_EMAIL", "mailbox", "phone_number")
PLAIN = (
    "name", "status_code", "http.response.status_code", "error_code", "country_code",
    "language_code", "key", "session", "session_id", "user_id", "request_id", "path",
    "bypass", "spin", "compass_id", "passed",
)  # fmt: skip


def long_s(text):
    """Return the text with letters that match s and k where the case is ignored."""
    return text.translate({ord("s"): "\u017f", ord("k"): "\u212a"})


def test_knows_the_names_of_secrets_and_of_addresses():
    assert [name for name in SECRETS if not is_secret(name)] == []
    assert [name for name in ADDRESSES if not is_private(name)] == []
    assert [name for name in ADDRESSES if is_secret(name)] == []
    assert [name for name in PLAIN if is_private(name)] == []
    assert is_private("a" * 1_000_000)


def test_copies_a_structure_without_what_is_hidden():
    given = {
        "user": {"id": 7, "email": "ada@example.com", "tags": ("a", b"b", None)},
        "tries": [{"password": "hunter2"}, {"said": "to ada@example.com"}],
        "given": [Secret("hunter2"), SecretBytes(b"hunter2")],
        "by ada@example.com": True,
        "pairs": [("token", "hunter2"), [b"cookie", b"a=b"], ["'code'", "'1'"]],
    }

    shown = redacted(given)

    assert shown == {
        "user": {"id": 7, "email": BLOT, "tags": ["a", "b", None]},
        "tries": [{"password": BLOT}, {"said": f"to {BLOT}"}],
        "given": [BLOT, BLOT],
        f"by {BLOT}": True,
        "pairs": [["token", BLOT], ["cookie", BLOT], ["'code'", BLOT]],
    }
    assert given["user"]["email"] == "ada@example.com"
    assert redacted("hunter2", "password") == BLOT


def test_what_contains_itself_and_what_has_no_end_is_cut():
    itself = {}
    itself["a"] = itself["b"] = itself

    for endless in (itself, ["x"] * 10_000_000, {n: n for n in range(100_000)}):
        shown = str(redacted(endless))

        assert CUT in shown
        assert len(shown) < 50 * MOST


TEXTS = {
    "password=hunter2 next": f"password={BLOT} next",
    "token= of a user": f"token={BLOT} of a user",
    "token = x and more": f"token = {BLOT} and more",
    "Password: hunter2, next": f"Password: {BLOT}, next",
    "{'password': 'it\\'s hunter2', 'a': 'b'}": f"{{'password': {BLOT}, 'a': 'b'}}",
    '{"code": 123456, "a": 1}': f'{{"code": {BLOT}, "a": 1}}',
    '{"code":123456,"a":1}': f'{{"code":{BLOT},"a":1}}',
    r'"{\"password\": \"hunter 2\"}"': rf'"{{\"password\": {BLOT}"}}"',
    "Input(password='hunter2', n=1)": f"Input(password={BLOT}, n=1)",
    "Authorization: Bearer abc next": f"Authorization: {BLOT} next",
    "Bearer abcdefgh.ijk next": f"{BLOT} next",
    "Cookie: a=1; b=2\nnext: 1": f"Cookie: {BLOT}\nnext: 1",
    "GET /a?b=1&token=abc&c=2": f"GET /a?b=1&token={BLOT}&c=2",
    "?next=%2Fa%3Ftoken%3Dabc": f"?next=%2Fa%3Ftoken%3D{BLOT}",
    "url='/a?password=x'": f"url='/a?password={BLOT}'",
    "to <ada.l+x@mail.example.co.uk>.": f"to <{BLOT}>.",
    "to ada%40example.com": f"to {BLOT}",
    "Key (email)=(ada@example.com) exists": f"Key (email)={BLOT} exists",
    "<QueryDict: {'password': ['a]b', 'c'], 'a': ['b']}>": (
        f"<QueryDict: {{'password': {BLOT}, 'a': ['b']}}>"
    ),
    "tokens=('a', 'b') next": f"tokens={BLOT} next",
    "{'tokens': [{'a': 'b'}, {'c': 'd'}], 'n': 1}": f"{{'tokens': {BLOT}, 'n': 1}}",
    "data['password'] = 'hunter2'": f"data['password'] = {BLOT}",
    "a=1&form[password]=x&b=2": f"a=1&form[password]={BLOT}&b=2",
    "password[0]=hunter2 next": f"password[0]={BLOT} next",
    "password  =\thunter2 next": f"password  =\t{BLOT} next",
    "'password' => 'hunter2'": f"'password' => {BLOT}",
    "Authorization: ApiKey abc next": f"Authorization: {BLOT} next",
    "[('password', 'hunter2'), (b'a', b'b')]": f"[('password', {BLOT}), (b'a', b'b')]",
    "[[b'cookie', b'a=b']]": f"[[b'cookie', {BLOT}]]",
    "DB_PASS=hunter2 next": f"DB_PASS={BLOT} next",
    "postgres://ada:hun/ter2@db/shop": f"postgres://{BLOT}@db/shop",
    "a = 'ada@example.com'": f"a = '{BLOT}'",
    "redis://:hunter2@cache:6379/0": f"redis://{BLOT}@cache:6379/0",
    "postgres://ada:hunter2@db/shop": f"postgres://{BLOT}@db/shop",
    f"skl_{'a1-_' * 10}: unknown": f"{BLOT}: unknown",
    "eyJhbGciOiJ.eyJzdWIi.c2ln next": f"{BLOT} next",
    f"token={BLOT} next": f"token={BLOT} next",
    f"password='{'x' * LONGEST_TEXT}' next": f"password={BLOT}",
}


@pytest.mark.parametrize(("text", "shown"), TEXTS.items())
def test_hides_what_is_secret_in_a_text(text, shown):
    assert redacted_text(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "Unexpected status code: 500",
        "GET /api/auth/v1/session/ failed: KeyError: 'x'",
        "AssertionError: Expected a Response",
        "django@5.2.1 at 10:15:30, user=7",
        "https://example.com:8000/a?b=1",
        "the code of the token",
        "",
    ],
)
def test_leaves_other_text_as_it_is(text):
    assert redacted_text(text) == text


@pytest.mark.parametrize("change", [str, str.upper, str.lower, str.swapcase, long_s])
@pytest.mark.parametrize(
    "secret",
    [
        "Bearer abcdefgh12345678",
        "Basic YWxhZGRpbjpvcGVuc2VzYW1l",
        "ska_AbCdEfGh01234567",
        "eyJhbGciOi.eyJzdWIi.c2ln",
        "password%3dhunter22",
        "ana%40example.com",
    ],
)
def test_finds_a_secret_in_any_case(secret, change):
    text = redacted_text(change(secret))

    assert BLOT in text


def test_a_long_text_is_cut():
    assert redacted_text("x" * 1_000_000) == "x" * LONGEST_TEXT + CUT


HOSTILE = [
    *("a", "a@", "a.", "a@a.", "a-", "a=", "a:", "://a:", "eyJ", "eyJaaaaa.", "skl_"),
    *("bearer ", "cookie:", "x='", "password='", "password=\\'", "code=)", "token=a,"),
    *("token=[", "token=['", "token=('a'", "token={", "a[", "a[b]", "token  =", "=>"),
    *("('a',", "('token', '", "('token',"),
    *("%3d", "a%3d", "%40", '="', "\\", "'", " ", "(", "status code", "a=(a)"),
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_no_text_takes_long(piece):
    text = piece * (LONGEST_TEXT // len(piece))

    started = thread_time()
    redacted_text(text)

    assert thread_time() - started < 1
