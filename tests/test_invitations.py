"""An invitation, with sign-in, sign-up and terms of the other modules beside it."""

import re

import pytest
from django.core.management import call_command
from django.urls import reverse

from starterkit_core.ports import access_gates, account_access, sign_up
from starterkit_core.testing.plugin import PASSWORD
from starterkit_users.services import user_rows

EMAIL = "grace@example.com"
WEAK = "short"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def frontend(tuner):
    for module in ("STARTERKIT_AUTH", "STARTERKIT_USERS"):
        tuner(module)(FRONTEND_URL="https://app.example.com")


@pytest.fixture
def without_terms(monkeypatch):
    monkeypatch.setattr(access_gates, "_gates", {})
    monkeypatch.setattr(sign_up, "_requirements", {})


@pytest.fixture
def chief(client_of, make_user):
    return client_of(make_user(is_superuser=True))


@pytest.fixture
def invite(chief, mailbox):
    """Invite, and return the token of the mail."""

    def run():
        url = reverse("starterkit_users:invitations")
        assert chief.post(url, {"email": EMAIL}).status_code == 201
        return token_in(mailbox[-1])

    return run


@pytest.fixture
def accept(api):
    def post(token, password=PASSWORD, **fields):
        url = reverse("starterkit_users:invitations-acceptance")
        return api.post(url, {"token": token, "password": password, **fields})

    return post


@pytest.fixture
def send(api):
    """Return a function that calls an endpoint of auth."""

    def post(name, **body):
        return api.post(reverse(f"starterkit_auth:{name}"), {"email": EMAIL, **body})

    return post


def token_in(mail):
    return re.search(r"\b(skn_[\w=-]+)", mail.body)[1]


@pytest.mark.usefixtures("without_terms")
def test_who_accepted_signs_in_without_another_proof(invite, accept, send):
    token = invite()
    before = send("session", password=PASSWORD)

    accept(token)
    after = send("session", password=PASSWORD)

    assert before.json()["code"] == "invalid_credentials"
    assert after.status_code == 201


@pytest.mark.usefixtures("without_terms")
@pytest.mark.parametrize("verification", ["required", "off"])
def test_who_signs_up_instead_gets_the_invitation_once_more(
    request, invite, send, mailbox, verification
):
    request.getfixturevalue("tuner")("STARTERKIT_AUTH")(EMAIL_VERIFICATION=verification)
    token = invite()

    response = send("registration", password=PASSWORD)

    assert response.status_code == 202
    assert [mail.to for mail in mailbox] == [[EMAIL], [EMAIL]]
    assert mailbox[0].subject == mailbox[1].subject
    assert token_in(mailbox[1]) == token


@pytest.mark.usefixtures("without_terms")
def test_who_has_accepted_and_signs_up_gets_the_usual_mail(
    invite, accept, send, mailbox
):
    accept(invite())

    send("registration", password=PASSWORD)

    assert "skn_" not in mailbox[-1].body
    assert "already" in mailbox[-1].subject


@pytest.mark.usefixtures("without_terms")
def test_no_reset_opens_an_account_that_waits(invite, send, mailbox):
    invite()

    response = send("password-reset")

    assert response.status_code == 202
    assert len(mailbox) == 1


@pytest.mark.usefixtures("without_terms")
def test_the_password_has_to_be_as_good_as_that_of_a_sign_up(invite, accept, chief):
    weak = accept(invite(), WEAK)
    url = reverse("starterkit_users:users")
    added = chief.post(url, {"email": "ada@example.com", "password": WEAK})

    for response in (weak, added):
        codes = [reason["code"] for reason in response.json()["reasons"]]
        assert response.json()["code"] == "weak_password"
        assert "password_too_short" in codes


@pytest.mark.usefixtures("without_terms")
def test_a_password_is_hashed_only_for_a_right_token(accept, monkeypatch):
    def never(password):
        raise AssertionError

    monkeypatch.setattr("starterkit_auth.services.passwords.encode", never)

    assert accept("skn_guess").json()["code"] == "invalid_invitation"


def test_the_terms_have_to_be_accepted(invite, accept, api, tmp_path):
    token = invite()
    file = tmp_path / "terms.md"
    file.write_text("# Terms\n\nBe kind.\n", "utf-8")
    call_command("terms_publish", "terms", str(file), label="1", verbosity=0)
    documents = api.get(reverse("starterkit_terms:documents")).json()["results"]
    accepted = [
        {name: it[name] for name in ("version", "content_hash")} for it in documents
    ]

    without, good = accept(token), accept(token, accepted_terms=accepted)

    assert without.json()["code"] == "terms_not_accepted"
    assert good.status_code == 200


@pytest.mark.usefixtures("without_terms")
def test_an_account_without_a_password_gets_one_by_a_reset(
    api, chief, send, mailbox, django_capture_on_commit_callbacks
):
    made = chief.post(reverse("starterkit_users:users"), {"email": EMAIL}).json()
    user = user_rows.find(made["id"])

    with django_capture_on_commit_callbacks(execute=True):
        account_access.send_password_reset(user)
    token = re.search(r"\b(skl_[\w=-]+)", mailbox[-1].body)[1]
    body = {"token": token, "new_password": PASSWORD}
    api.post(reverse("starterkit_auth:password-reset-confirmation"), body)

    assert send("session", password=PASSWORD).status_code == 201
