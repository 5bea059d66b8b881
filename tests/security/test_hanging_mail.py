"""A mail server that hangs: it holds a few threads, no request, and tells no account.

One thread makes the requests one after the other. A request that waited for the mail
server would return when the server had been given up.
"""

from datetime import timedelta

import pytest

from starterkit_auth.services import addresses
from starterkit_core.services import mail_transport
from starterkit_core.services.mail_threads import THREADS, mail_threads
from starterkit_core.testing.mail_servers import (
    HangingServer,
    ScriptedServer,
    until,
    use_server,
)
from tests.security.attacks import AUTH

pytestmark = pytest.mark.usefixtures("no_limits", "front_end")

NOBODY = "nobody@example.org"
ME = "/api/users/v1/me/"
GOOD = "a rose is a rose is a"
SECONDS = 3
"""The timeout of the mail server: how long a failing test waits for each request."""


@pytest.fixture
def hanging(settings):
    """A mail server that hangs; each mail that waits for it still does."""
    with HangingServer() as server:
        use_server(settings, server.port, timeout=SECONDS)
        yield server
        mail_threads.forget()


def holds(server, number):
    """Return whether so many senders wait for the server, and none has given up."""
    return until(lambda: len(server.accepted) == number) and server.waiting() == number


@pytest.mark.django_db(transaction=True)
def test_me_answers_beside_twelve_resets(hanging, api, make_member, open_for):
    members = [make_member() for _ in range(12)]
    opened = open_for(members[0])

    resets = [api.post(f"{AUTH}password/reset/", {"email": m.email}) for m in members]
    me = opened.caller.get(ME)

    assert {answer.status_code for answer in resets} == {202}
    assert me.status_code == 200
    assert holds(hanging, THREADS)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("known", [True, False], ids=["account", "nobody"])
def test_no_reset_waits_for_it(hanging, api, make_member, known):
    address = make_member().email if known else NOBODY

    answer = api.post(f"{AUTH}password/reset/", {"email": address})

    assert answer.status_code == 202
    assert holds(hanging, int(known))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("known", [True, False], ids=["account", "nobody"])
def test_no_sign_up_waits_for_it(*, hanging, api, make_member, tune, known):
    address = make_member().email if known else NOBODY
    tune(RESEND_COOLDOWN=timedelta())

    first = api.post(f"{AUTH}registration/", {"email": address, "password": GOOD})
    token = {"registration_token": first.json()["registration_token"]}
    again = api.post(f"{AUTH}registration/code/", token)

    assert (first.status_code, again.status_code) == (202, 202)
    assert holds(hanging, 2)


@pytest.mark.django_db(transaction=True)
def test_a_mail_that_a_server_refused_for_now_comes_later(
    settings, api, make_member, monkeypatch
):
    monkeypatch.setattr(mail_transport, "DELAYS", (timedelta(0),))
    member = make_member()
    with ScriptedServer({"RCPT": "451 Not now"}, once=True) as server:
        use_server(settings, server.port)

        api.post(f"{AUTH}password/reset/", {"email": member.email})

        assert until(lambda: len(server.mails) == 1)
        assert addresses.mailbox_of(member) in server.mails[0]
