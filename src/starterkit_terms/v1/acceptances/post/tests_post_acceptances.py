"""POST v1/acceptances/: what the caller sees, then what the rules promise."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http import HTTPStatus
from uuid import uuid4

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from starterkit_core.models import AuditEvent
from starterkit_core.signals import terms_accepted
from starterkit_terms.conftest import LONG_AGO, accepting, publish
from starterkit_terms.errors import VersionNotFound
from starterkit_terms.models import ConsentState, acceptance_model, version_model
from starterkit_terms.services import standing

from .use_case import AcceptTerms

URL = reverse("starterkit_terms:acceptances")

pytestmark = pytest.mark.django_db


@pytest.fixture
def accept(client_of):
    """Accept the claims as a user."""

    def post(user, *claims, **kwargs):
        return client_of(user).post(URL, {"acceptances": [*claims]}, **kwargs)

    return post


def test_saves_what_was_accepted(user, accept, make_document, make_version):
    version = make_version(make_document(key="terms"), texts=("en", "pt-br"))
    sent = accepting(version, "pt-br")

    response = accept(user, sent)

    assert response.status_code == HTTPStatus.CREATED
    row = acceptance_model().objects.get()
    (shown,) = response.json()["results"]
    assert shown.pop("happened_at").endswith("Z")
    assert shown == {
        "id": str(row.pk),
        "document": "terms",
        "version": str(version.pk),
        "number": 1,
        "label": "v1",
        "locale": "pt-br",
        "content_hash": sent["content_hash"],
        "wording": "",
        "action": "accepted",
        "method": "api",
        "expires_at": None,
    }
    assert (row.user, row.actor_id) == (user, str(user.pk))
    assert row.content_hash == sent["content_hash"]


def test_keeps_of_the_client_what_the_setting_says(
    make_user, accept, make_version, settings
):
    version = make_version()
    headers = {"User-Agent": "Tests/1.2.3 (X 10_15)", "X-Request-ID": "request-0001"}
    policies = {
        "truncated": ("203.0.113.0/24", "Tests/1 (X 10)"),
        "full": ("203.0.113.77", "Tests/1.2.3 (X 10_15)"),
        "off": ("", ""),
    }

    for policy in (*policies, "hashed", "hashed"):
        settings.STARTERKIT_TERMS = {"CLIENT_TRACES": policy}
        sent = accepting(version)
        accept(make_user(), sent, REMOTE_ADDR="203.0.113.77", headers=headers)

    rows = [*acceptance_model().objects.order_by("pk")]
    assert [(r.address, r.user_agent) for r in rows[:3]] == [*policies.values()]
    assert rows[3].address == rows[4].address != ""
    assert "203" not in {rows[3].address, rows[3].user_agent}
    assert {row.request_id for row in rows} == {"request-0001"}


def test_accepts_several_in_the_order_sent(user, accept, make_version):
    first, second = make_version(), make_version()

    response = accept(user, accepting(second), accepting(first), accepting(second))

    shown = [row["version"] for row in response.json()["results"]]
    assert shown == [str(second.pk), str(first.pk)]
    assert acceptance_model().objects.count() == 2


def test_accepts_all_or_none(user, accept, make_version):
    good, stale = make_version(), make_version()

    response = accept(user, accepting(good), accepting(stale, content_hash="0" * 64))

    assert response.status_code == HTTPStatus.CONFLICT
    assert not acceptance_model().objects.exists()


def test_repeating_is_safe(user, accept, make_version, received):
    version, other = make_version(), make_version()
    signals = received(terms_accepted)
    first = accept(user, accepting(version))

    again = accept(user, accepting(version))
    more = accept(user, accepting(version), accepting(other))

    assert again.status_code == HTTPStatus.OK
    assert more.status_code == HTTPStatus.CREATED
    assert again.json() == first.json()
    assert more.json()["results"][0] == first.json()["results"][0]
    assert acceptance_model().objects.count() == 2
    assert [signal["versions"] for signal in signals] == [[version], [other]]
    assert AuditEvent.objects.filter(action="terms.accepted").count() == 2


@pytest.mark.parametrize(
    ("claims", "pointer"),
    [
        ("missing", "/acceptances"),
        (None, "/acceptances"),
        ([], "/acceptances"),
        ({}, "/acceptances"),
        ("text", "/acceptances"),
        (1, "/acceptances"),
        ([None], "/acceptances/0"),
        ([[]], "/acceptances/0"),
        (["text"], "/acceptances/0"),
        ([{"content_hash": "0" * 64}], "/acceptances/0/version"),
        ([{"version": 1, "content_hash": "0" * 64}], "/acceptances/0/version"),
        ([{"version": True, "content_hash": "0" * 64}], "/acceptances/0/version"),
        ([{"version": "\x00", "content_hash": "0" * 64}], "/acceptances/0/version"),
        ([{"version": "x" * 9999, "content_hash": "0" * 64}], "/acceptances/0/version"),
        ([{"version": str(uuid4())}], "/acceptances/0/content_hash"),
        (
            [{"version": str(uuid4()), "content_hash": 1}],
            "/acceptances/0/content_hash",
        ),
        (
            [{"version": str(uuid4()), "content_hash": "0" * 63}],
            "/acceptances/0/content_hash",
        ),
        (
            [{"version": str(uuid4()), "content_hash": "0" * 63 + "\x00"}],
            "/acceptances/0/content_hash",
        ),
        ([{}] * 21, "/acceptances"),  # judged before any of them
    ],
)
def test_refuses_a_malformed_body(client_of, user, claims, pointer):
    body = {} if claims == "missing" else {"acceptances": claims}

    response = client_of(user).post(URL, body)

    assert response.status_code == HTTPStatus.BAD_REQUEST
    problem = response.json()
    assert problem["code"] == "validation_error"
    assert problem["errors"][0]["pointer"] == pointer


@pytest.mark.parametrize("body", ["[]", '"text"', "1", "null", "{"])
def test_refuses_a_body_that_is_no_object(client_of, user, body):
    response = client_of(user).generic(
        "POST", URL, body, content_type="application/json"
    )

    assert response.status_code == HTTPStatus.BAD_REQUEST


def test_a_stale_hash_names_the_current_version(
    user, accept, make_document, make_version
):
    version = make_version(make_document(key="terms"))

    response = accept(user, accepting(version, content_hash="0" * 64))

    assert response.status_code == HTTPStatus.CONFLICT
    problem = response.json()
    assert problem["code"] == "document_changed"
    assert problem["current"] == [
        accepting(version)
        | {
            "document": "terms",
            "title": "Terms in en",
            "label": "v1",
            "locale": "en",
        }
    ]


def test_a_superseded_version_names_the_current_one(user, accept, make_version):
    old = make_version()
    new = make_version(old.document)

    response = accept(user, accepting(old))

    assert response.status_code == HTTPStatus.CONFLICT
    problem = response.json()
    assert problem["code"] == "document_changed"
    assert [row["version"] for row in problem["current"]] == [str(new.pk)]


def test_the_hash_of_another_version_is_stale(user, accept, make_version):
    first, second = make_version(), make_version()
    other = accepting(second)["content_hash"]

    response = accept(user, accepting(first, content_hash=other))

    assert response.json()["code"] == "document_changed"


def test_a_version_not_in_force_yet_is_not_found(user, accept, make_draft):
    draft = make_draft()
    coming = publish(make_draft(), effective_at=timezone.now() + timedelta(days=1))
    unknown = {"version": str(uuid4()), "content_hash": "0" * 64}

    for sent in (accepting(draft, content_hash="0" * 64), accepting(coming), unknown):
        response = accept(user, sent)

        assert response.status_code == HTTPStatus.NOT_FOUND
        assert response.json()["code"] == "version_not_found"


def test_a_notice_is_acknowledged_and_never_accepted(
    user, accept, make_document, make_version
):
    sent = accepting(make_version(make_document(nature="notice", mandatory=False)))

    for action in ("accepted", "refused"):
        response = accept(user, sent | {"action": action})
        assert response.status_code == HTTPStatus.CONFLICT
        assert response.json()["code"] == "not_for_acceptance"
    response = accept(user, sent)

    assert response.status_code == HTTPStatus.CREATED
    assert [row["action"] for row in response.json()["results"]] == ["acknowledged"]


def test_a_consent_is_not_accepted(user, accept, make_document, make_version):
    version = make_version(make_document(nature="consent", mandatory=False))

    response = accept(user, accepting(version))

    assert response.status_code == HTTPStatus.CONFLICT
    assert response.json()["code"] == "not_for_acceptance"


def test_a_refusal_is_recorded_once_and_opens_nothing(user, accept, make_version):
    sent = accepting(make_version(), action="refused")

    first, again = accept(user, sent), accept(user, sent)

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert acceptance_model().objects.get().action == "refused"
    assert version_model().objects.blocking(user, timezone.now()).count() == 1
    assert AuditEvent.objects.filter(action="terms.refused").count() == 1


def test_who_refused_can_accept_later_but_not_the_other_way(user, accept, make_version):
    version = make_version()
    accept(user, accepting(version, action="refused"))

    accepted = accept(user, accepting(version))
    refused = accept(user, accepting(version, action="refused"))

    assert accepted.status_code == HTTPStatus.CREATED
    assert refused.status_code == HTTPStatus.CONFLICT
    assert refused.json()["code"] == "already_accepted"
    rows = acceptance_model().objects.order_by("pk")
    assert [(row.action, row.sequence) for row in rows] == [
        ("refused", 1),
        ("accepted", 2),
    ]


def test_who_refuses_a_new_version_has_accepted_the_former_one(
    user, accept, make_version, time_machine
):
    time_machine.move_to(LONG_AGO + timedelta(days=1))
    first = make_version()
    accept(user, accepting(first))
    later = timezone.now() + timedelta(days=30)
    second = make_version(first.document, at=timezone.now(), enforce_at=later)

    accept(user, accepting(second, action="refused"))

    state = ConsentState.objects.get(user=user)
    assert (state.action, state.number, state.accepted_number) == ("refused", 2, 1)
    blocking = version_model().objects.blocking
    assert not blocking(user, timezone.now()).exists()
    assert blocking(user, later).exists()


def test_refuses_two_decisions_about_one_version(user, accept, make_version):
    version = make_version()

    response = accept(user, accepting(version), accepting(version, action="refused"))

    assert response.status_code == HTTPStatus.BAD_REQUEST
    assert response.json()["errors"][0]["pointer"] == "/acceptances"


def test_an_attestation_is_accepted(user, accept, make_document, make_version):
    version = make_version(make_document(nature="attestation", mandatory=True))

    response = accept(user, accepting(version))

    assert response.json()["results"][0]["action"] == "accepted"


def test_a_user_cannot_accept_for_another_user(
    client_of, user, make_user, make_version
):
    other = make_user()
    body = {"acceptances": [accepting(make_version(), user=str(other.pk))]}

    client_of(user).post(URL, body | {"user": str(other.pk), "method": "admin"})

    row = acceptance_model().objects.get()
    assert (row.user, row.method) == (user, "api")


def test_needs_a_signed_in_user(api, make_version):
    response = api.post(URL, {"acceptances": [accepting(make_version())]})

    assert response.status_code == HTTPStatus.UNAUTHORIZED


def test_an_account_that_was_just_deleted_accepts_nothing(user, accept, make_version):
    version = make_version()
    get_user_model()._base_manager.filter(pk=user.pk).delete()

    response = accept(user, accepting(version))

    assert response.status_code == HTTPStatus.UNAUTHORIZED
    assert response.json()["code"] == "account_deleted"
    assert not acceptance_model().objects.exists()


def test_announces_after_commit_and_audits(user, accept, make_version, received):
    signals = received(terms_accepted)
    version = make_version()

    accept(user, accepting(version))

    assert [(s["user"], s["versions"]) for s in signals] == [(user, [version])]
    event = AuditEvent.objects.get(action="terms.accepted")
    assert event.actor_id == event.subject_id == str(user.pk)
    assert event.facts == {"versions": [str(version.pk)]}


@pytest.mark.parametrize("number", [1, 4])
def test_takes_the_same_queries_for_any_number_of_versions(
    client_of, user, make_version, django_assert_num_queries, number
):
    body = {"acceptances": [accepting(make_version()) for _ in range(number)]}
    client = client_of(user)

    # Savepoint, texts, account, what stands, rows, states, audit, release; for the gate
    # the epochs twice, what is left to accept, and the column if there is one.
    with django_assert_num_queries(11 + standing.has_column()):
        client.post(URL, body)


class Closed(AcceptTerms):
    """A host project's use case: one step replaced, the rest inherited."""

    def find_acts(self):
        raise VersionNotFound


def test_a_host_can_replace_one_step(user, accept, make_version, settings):
    settings.STARTERKIT_OVERRIDES = {
        "starterkit_terms.v1.acceptances.post": f"{__name__}.Closed"
    }

    response = accept(user, accepting(make_version()))

    assert response.status_code == HTTPStatus.NOT_FOUND


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(
    connection.vendor == "sqlite", reason="SQLite in memory has one connection"
)
def test_parallel_taps_leave_one_acceptance(user, client_of, make_version, received):
    signals = received(terms_accepted)
    body = {"acceptances": [accepting(make_version()), accepting(make_version())]}

    def tap(_):
        try:
            return client_of(user).post(URL, body)
        finally:
            connection.close()

    with ThreadPoolExecutor(16) as pool:
        responses = [*pool.map(tap, range(16))]

    statuses = [response.status_code for response in responses]
    assert sorted(statuses) == [HTTPStatus.OK] * 15 + [HTTPStatus.CREATED]
    assert len({response.content for response in responses}) == 1
    assert acceptance_model().objects.count() == 2
    assert len(signals) == 1
    assert AuditEvent.objects.filter(action="terms.accepted").count() == 1
