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


def test_only_post_confirms(make_user, api, mailbox, secrets_in):
    user = make_user()
    api.post(f"{AUTH}registration/code/", {"email": user.email})
    token = secrets_in(mailbox[-1])["token"]
    path = f"{AUTH}registration/confirmation/"

    for method in (api.get, api.head, api.options):
        assert method(f"{path}?token={token}").status_code in {204, 405}

    assert api.post(path, {"token": token}).status_code == 201


def test_text_of_an_attacker_is_in_no_mail(api, mailbox):
    advert = "Visit https://evil.example"
    body = {"email": "ada@example.com", "password": GOOD, "first_name": advert}
    body |= {"client": {"device_name": advert}}

    api.post(f"{AUTH}registration/", body, HTTP_USER_AGENT=advert)

    assert "evil" not in mailbox[0].body + mailbox[0].alternatives[0][0]


def test_each_secret_opens_its_own_door_only(
    *, make_user, make_member, open_for, api, mailbox, secrets_in
):
    unproven, mover, forgetful = make_user(), make_member(), make_member()
    api.post(f"{AUTH}registration/code/", {"email": unproven.email})
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

    for door in [*kinds, "email/change/reversal/", "session/refresh/"]:
        for kind, token in tokens.items():
            if kind == door:
                continue
            body = {"refresh_token" if door == "session/refresh/" else "token": token}
            more = {"new_password": GOOD} if door.startswith("password") else {}
            answer = api.post(AUTH + door, body | more)
            assert answer.status_code in {400, 401}, (kind, door)
    for kind, token in tokens.items():
        caller = ApiClient()
        caller.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
        assert (caller.get(f"{AUTH}session/").status_code == 200) == (kind == "access")


def test_registering_again_discards_the_first_registration(api, mailbox, secrets_in):
    first = {"email": "ada@example.com", "password": "the first one's password"}
    api.post(f"{AUTH}registration/", first | {"first_name": "Eve"})
    former = secrets_in(mailbox[-1])
    api.post(f"{AUTH}registration/", {"email": "ADA@example.com", "password": GOOD})
    code = secrets_in(mailbox[-1])["code"]
    confirm = f"{AUTH}registration/confirmation/"

    assert api.post(confirm, {"token": former["token"]}).status_code == 400
    opened = api.post(confirm, {"email": first["email"], "code": code})

    assert opened.status_code == 201
    assert api.post(f"{AUTH}session/", first).status_code == 401
    account = api.get(
        "/api/users/v1/me/",
        HTTP_AUTHORIZATION=f"Bearer {opened.json()['access_token']}",
    )
    assert account.json()["first_name"] == ""
