"""Two servers behave as one: whatever one of them decides holds on the other."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import cycle
from uuid import uuid4

import pytest

from tests.production.clients import PASSWORD, Client, new_network, sign_up

pytestmark = pytest.mark.slow

ME = "users/v1/me/"
NOTES = "notes/v1/notes/"
REFRESH = "auth/v1/session/refresh/"
SESSION = "auth/v1/session/"


@pytest.fixture
def a(deployment):
    return deployment.a.url


@pytest.fixture
def b(deployment):
    return deployment.b.url


def codes(answers):
    return [(answer.body or {}).get("code", answer.status) for answer in answers]


def test_a_session_that_one_opens_is_valid_on_the_other(make_member, a, b):
    member = make_member()
    body = {"email": member.email, "password": PASSWORD}

    member.keep(member.at(a).post(SESSION, body))

    assert member.at(b).get(ME).body["email"] == member.email


def test_a_session_that_one_ends_is_over_on_the_other(make_member, a, b):
    member = make_member()
    before = member.at(b).get(ME)

    ended = member.at(a).delete(SESSION)

    assert (before.status, ended.status) == (200, 204)
    assert member.at(b).get(ME).status == 401


def test_failed_attempts_count_over_both(make_member, a, b):
    member = make_member()
    wrong = {"email": member.email, "password": "not the owner's one"}
    servers = cycle([a, b])

    answers = [Client(next(servers)).post(SESSION, wrong) for _ in range(12)]

    assert codes(answers) == ["invalid_credentials"] * 10 + ["rate_limited"] * 2


def test_a_network_is_limited_over_both(a, b):
    client = Client(a)
    unknown = {"registration_token": "x" * 40}
    servers = cycle([a, b])

    answers = [
        client.at(next(servers)).post("auth/v1/registration/code/", unknown)
        for _ in range(32)
    ]

    assert [answer.status for answer in answers] == [202] * 30 + [429] * 2


def test_terms_that_one_publishes_gate_the_other(
    deployment, make_member, a, b, tmp_path
):
    member = make_member()
    new = {"first_name": "Ada"}
    before = member.at(b).send("PATCH", ME, new)
    text = tmp_path / "terms.md"
    text.write_text(f"# Terms of service\n\nBe kind. {uuid4()}\n")

    deployment.manage("terms_publish", "terms-of-service", str(text), "--label=new")

    after = [member.at(url).send("PATCH", ME, new) for url in (b, a)]
    assert before.status == 200
    assert codes(after) == ["terms_acceptance_required"] * 2


def test_a_code_that_one_mailed_is_confirmed_on_the_other(post, a, b):
    client = Client(a)
    asked = sign_up(client)

    confirmed = asked.confirm(client.at(b), post)

    assert confirmed.status == 201
    assert client.at(a).post(SESSION, asked.credentials).status == 201


def test_a_token_that_one_renewed_is_retired_on_the_other(make_member, a, b):
    member = make_member()
    first = {"refresh_token": member.refresh}
    renewed = member.at(a).post(REFRESH, first)

    at_once = member.at(b).post(REFRESH, first)
    again = member.at(a).post(REFRESH, {"refresh_token": at_once.body["refresh_token"]})
    too_late = member.at(b).post(REFRESH, first)

    assert at_once.body["refresh_token"] == renewed.body["refresh_token"]
    assert again.status == 200
    assert codes([too_late]) == ["refresh_token_reused"]
    member.token = again.body["access_token"]
    assert member.at(a).get(ME).status == 401


def test_a_suspended_user_is_refused_by_both(deployment, make_member, a, b):
    member = make_member()
    credentials = {"email": member.email, "password": PASSWORD}

    deployment.manage("auth_suspend", "--user", member.email)

    assert [member.at(url).get(ME).status for url in (a, b)] == [401, 401]
    assert [Client(url).post(SESSION, credentials).status for url in (a, b)] == [
        401
    ] * 2


def test_a_key_that_both_get_has_one_effect(deployment, make_member, a, b):
    member = make_member()
    title, key = uuid4().hex, uuid4().hex

    answers = [
        member.at(url).post(NOTES, {"title": title}, Idempotency_Key=key)
        for url in (a, b, a)
    ]

    found = deployment.rows("SELECT id FROM notes_note WHERE title = %s", title)
    assert [answer.status for answer in answers] == [201] * 3
    assert {answer.body["id"] for answer in answers} == {str(row) for (row,) in found}
    assert len(found) == 1


def test_of_two_retries_at_the_same_moment_one_has_the_effect(
    deployment, make_member, a, b
):
    member = make_member()
    titles = [uuid4().hex for _ in range(8)]

    def write(title, url):
        return member.at(url).post(NOTES, {"title": title}, Idempotency_Key=title)

    with ThreadPoolExecutor() as pool:
        for title in titles:
            answers = [*pool.map(partial(write, title), (a, b))]
            assert 201 in [answer.status for answer in answers]
            assert {answer.status for answer in answers} <= {201, 409}

    mine = "SELECT count(*) FROM notes_note WHERE title = ANY(%s)"
    assert deployment.rows(mine, titles) == [(len(titles),)]


def test_nginx_serves_a_user_over_https(nginx, make_member):
    member = make_member().through(nginx)

    answers = [member.get(ME) for _ in range(6)]

    assert [answer.status for answer in answers] == [200] * 6


def test_nginx_does_not_let_a_client_choose_its_network(nginx):
    liar = Client(nginx.url, trust=nginx.trust)
    victim = new_network()
    unknown = {"registration_token": "x" * 40}
    path = "auth/v1/registration/code/"

    forged = [
        liar.post(path, unknown, X_Forwarded_For=network)
        for network in [victim] * 25 + [new_network() for _ in range(7)]
    ]
    honest = Client(nginx.url, network=victim, trust=nginx.trust)

    assert [answer.status for answer in forged] == [202] * 30 + [429] * 2
    assert honest.post(path, unknown).status == 202


def test_the_api_itself_refuses_a_body_that_nginx_lets_through(nginx, make_member):
    member = make_member().through(nginx)

    answer = member.post(NOTES, {"title": "long", "text": "x" * 1_050_000})

    assert codes([answer]) == ["body_too_large"]
