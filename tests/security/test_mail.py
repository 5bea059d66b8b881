"""Mails: to the right address, with our links and without text of an attacker."""

import pytest

from starterkit_core.testing.client import ApiClient
from tests.security.attacks import AUTH

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_limits", "front_end")]

GOOD = "a rose is a rose is a"
HOSTS = (
    {"HTTP_X_FORWARDED_HOST": "evil.example"},
    {"HTTP_HOST": "evil.example"},
    {"HTTP_ORIGIN": "https://evil.example"},
    {"HTTP_REFERER": "https://evil.example/"},
    {"HTTP_FORWARDED": "host=evil.example"},
    {"HTTP_X_FORWARDED_PROTO": "javascript"},
    {"SERVER_NAME": "evil.example"},
)
PATHS = {
    "registration/": {"email": "ada@example.com", "password": GOOD},
    "password/reset/": {},
}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("headers", HOSTS, ids=str)
def test_no_header_and_no_parameter_changes_a_link(
    settings, member, mailbox, path, headers
):
    settings.ALLOWED_HOSTS = ["*"]
    settings.USE_X_FORWARDED_HOST = True
    body = {"email": member.email, "next": "https://evil.example"} | PATHS[path]

    answer = ApiClient().post(
        f"{AUTH}{path}?next=https://evil.example", body, **headers
    )

    assert answer.status_code == 202
    [mail] = mailbox
    text = mail.body + mail.alternatives[0][0]
    assert "evil" not in text
    assert "https://app.example.com/" in text


ADDRESSES = (
    "ada@example.com\nBcc: eve@example.com",
    "ada@example.com\r\nBcc: eve@example.com",
    "ada@example.com%0aBcc: eve@example.com",
    "ada@example.com,eve@example.com",
    "ada@example.com;eve@example.com",
    "ada@example.com eve@example.com",
    "<ada@example.com>",
    "Eve <ada@example.com>",
    "ada@example.com\u2028Bcc: eve@example.com",
    "ada@example.com\x00",
    "ada@@example.com",
    "ada@example.com@example.org",
    "ada@[127.0.0.1]",
    "ada\u202e@example.com",
    "ada\u200b@example.com",
)


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("path", PATHS)
def test_an_address_adds_no_header_and_no_recipient(api, mailbox, path, address):
    answer = api.post(AUTH + path, PATHS[path] | {"email": address})

    assert answer.status_code == 400
    assert not mailbox


def test_mail_goes_to_the_address_in_the_account(make_member, api, mailbox):
    make_member(email="kate@example.com")

    # The first letter is the Kelvin sign, which folds to a k; its mailbox is another.
    answer = api.post(f"{AUTH}password/reset/", {"email": "\u212aate@example.com"})

    assert answer.status_code == 202
    assert [mail.to for mail in mailbox] == [["kate@example.com"]]


def test_only_post_confirms(api, mailbox, secrets_in):
    body = {"email": "ada@example.com", "password": GOOD}
    api.post(f"{AUTH}registration/", body)
    token = secrets_in(mailbox[-1])["token"]
    path = f"{AUTH}registration/confirmation/"

    for method in (api.get, api.head, api.options):
        assert method(f"{path}?token={token}").status_code in {204, 405}

    assert api.post(path, {"token": token, "password": GOOD}).status_code == 201


def test_text_of_an_attacker_is_in_no_mail(api, mailbox):
    advert = "Visit https://evil.example"
    body = {"email": "ada@example.com", "password": GOOD, "first_name": advert}
    body |= {"client": {"device_name": advert}}

    api.post(f"{AUTH}registration/", body, HTTP_USER_AGENT=advert)

    assert "evil" not in mailbox[0].body + mailbox[0].alternatives[0][0]


def test_each_secret_opens_its_own_door_only(
    *, make_member, open_for, api, mailbox, secrets_in
):
    mover, forgetful = make_member(), make_member()
    body = {"email": "ada@example.com", "password": GOOD}
    waiting = api.post(f"{AUTH}registration/", body).json()
    api.post(f"{AUTH}password/reset/", {"email": forgetful.email})
    moving = open_for(mover)
    moving.caller.post(f"{AUTH}email/change/", {"email": "new@example.org"})
    kinds = [
        "registration/confirmation/",
        "password/reset/confirmation/",
        "email/change/confirmation/",
    ]
    tokens = dict(
        zip(kinds, (secrets_in(mail)["token"] for mail in mailbox), strict=True)
    )
    tokens["session/refresh/"] = moving.refresh
    tokens["access"] = moving.access
    tokens["registration"] = waiting["registration_token"]

    for door in [*kinds, "email/change/reversal/", "session/refresh/"]:
        for kind, token in tokens.items():
            if kind == door:
                continue
            body = {"refresh_token" if door == "session/refresh/" else "token": token}
            more = {
                "password/reset/confirmation/": {"new_password": GOOD},
                "registration/confirmation/": {"password": GOOD},
            }.get(door, {})
            answer = api.post(AUTH + door, body | more)
            assert answer.status_code in {400, 401}, (kind, door)
    for kind, token in tokens.items():
        caller = ApiClient()
        caller.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
        assert (caller.get(f"{AUTH}session/").status_code == 200) == (kind == "access")


def test_a_confirmation_is_of_one_sign_up_and_of_its_own_client(
    api, mailbox, secrets_in
):
    """The classic hijack: an attacker signs up with an address first, or last."""
    email, confirm = "ada@example.com", f"{AUTH}registration/confirmation/"
    asked = []
    for number, password in enumerate(("the attacker's one", GOOD, "another of them")):
        body = {"email": email, "password": password, "first_name": f"Eve {number}"}
        token = api.post(f"{AUTH}registration/", body).json()["registration_token"]
        asked.append({**secrets_in(mailbox[number]), "token": token})
    first, mine, last = asked

    for other in (first, last):
        for body in (
            {"registration_token": other["token"], "code": mine["code"]},
            {"registration_token": mine["token"], "code": other["code"]},
        ):
            assert api.post(confirm, body).status_code == 400
    opened = api.post(
        confirm, {"registration_token": mine["token"], "code": mine["code"]}
    )

    assert opened.status_code == 201
    for password in ("the attacker's one", "another of them"):
        refused = api.post(f"{AUTH}session/", {"email": email, "password": password})
        assert refused.status_code == 401
    for other in (first, last):
        body = {"registration_token": other["token"], "code": other["code"]}
        assert api.post(confirm, body).status_code == 400
