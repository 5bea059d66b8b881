"""PUT v1/consents/<key>/: giving, refusing, and withdrawing as easily as giving."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http import HTTPStatus
from uuid import uuid4

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from starterkit_core.models import AuditEvent
from starterkit_core.signals import consent_given, consent_withdrawn
from starterkit_terms.conftest import accepting
from starterkit_terms.models import acceptance_model
from starterkit_terms.services.consents import has_consent

from .use_case import DecideConsent

URL = reverse("starterkit_terms:consent", args=["newsletter"])

pytestmark = pytest.mark.django_db


@pytest.fixture
def newsletter(make_document):
    return make_document(key="newsletter", nature="consent", mandatory=False)


@pytest.fixture
def version(newsletter, make_version):
    return make_version(newsletter)


@pytest.fixture
def decide(client_of, user):
    """Decide as the user; giving and refusing with the text of a version."""

    def put(state, version=None, **changes):
        shown = accepting(version) if version else {}
        return client_of(user).put(URL, {"state": state} | shown | changes)

    return put


def actions():
    return [*acceptance_model().objects.order_by("pk").values_list("action", flat=True)]


def test_gives_a_consent(user, decide, version):
    response = decide("given", version)

    assert response.status_code == HTTPStatus.OK
    shown = response.json()
    assert shown["document"] == "newsletter"
    assert (shown["state"], shown["decided_number"]) == ("given", 1)
    row = acceptance_model().objects.get()
    assert (row.user, row.action, row.locale) == (user, "given", "en")
    assert row.content_hash == accepting(version)["content_hash"]
    assert has_consent(user, "newsletter")


def test_withdrawing_needs_no_text_and_keeps_what_was_given(user, decide, version):
    decide("given", version)

    response = decide("withdrawn")

    assert response.status_code == HTTPStatus.OK
    assert response.json()["state"] == "withdrawn"
    given, withdrawn = acceptance_model().objects.order_by("pk")
    assert (given.action, withdrawn.action) == ("given", "withdrawn")
    assert withdrawn.content_hash == given.content_hash
    assert not has_consent(user, "newsletter")


def test_can_be_given_refused_and_given_again(user, decide, version):
    for state in ("refused", "given", "refused", "given", "withdrawn", "given"):
        assert decide(state, version).json()["state"] == state
        assert has_consent(user, "newsletter") is (state == "given")

    assert actions() == ["refused", "given", "refused", "given", "withdrawn", "given"]


@pytest.mark.parametrize("state", ["given", "refused"])
def test_repeating_is_safe(decide, version, state):
    first = decide(state, version)

    again = decide(state, version)

    assert again.json() == first.json()
    assert actions() == [state]


def test_withdrawing_twice_is_safe(decide, version):
    decide("given", version)
    first = decide("withdrawn")

    assert decide("withdrawn").json() == first.json()
    assert actions() == ["given", "withdrawn"]


def test_what_was_not_given_cannot_be_withdrawn(decide, version):
    before = decide("withdrawn")
    decide("refused", version)
    after = decide("withdrawn")

    assert before.status_code == after.status_code == HTTPStatus.CONFLICT
    assert before.json()["code"] == after.json()["code"] == "consent_not_given"


def test_the_withdrawal_of_an_old_version_needs_none_of_the_new_one(
    user, decide, version, make_version
):
    decide("given", version)
    make_version(version.document)

    assert not has_consent(user, "newsletter")
    assert decide("withdrawn").json()["decided_number"] == 1


@pytest.mark.parametrize("state", ["given", "refused"])
def test_a_stale_text_names_the_current_one(decide, version, state):
    response = decide(state, version, content_hash="0" * 64)

    assert response.status_code == HTTPStatus.CONFLICT
    problem = response.json()
    assert problem["code"] == "document_changed"
    assert [row["version"] for row in problem["current"]] == [str(version.pk)]
    assert actions() == []


def test_the_text_of_another_document_is_none_of_this(
    decide, version, make_document, make_version
):
    other = make_version(make_document(nature="consent", mandatory=False))

    response = decide("given", other)

    assert response.status_code == HTTPStatus.NOT_FOUND
    assert response.json()["code"] == "version_not_found"
    assert actions() == []


@pytest.mark.parametrize("nature", ["contract", "notice", "attestation"])
def test_only_consents_are_found(decide, make_document, make_version, nature):
    document = make_document(key="newsletter", nature=nature, mandatory=False)
    version = make_version(document)

    response = decide("given", version)

    assert response.status_code == HTTPStatus.NOT_FOUND
    assert response.json()["code"] == "consent_not_found"


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({}, {"/state"}),
        ({"state": None}, {"/state"}),
        ({"state": 1}, {"/state"}),
        ({"state": []}, {"/state"}),
        ({"state": "expired"}, {"/state"}),
        ({"state": "given"}, {"/version", "/content_hash"}),
        ({"state": "refused", "version": str(uuid4())}, {"/content_hash"}),
        (
            {"state": "given", "version": "\x00", "content_hash": "0" * 64},
            {"/version"},
        ),
        (
            {"state": "given", "version": str(uuid4()), "content_hash": "0" * 63},
            {"/content_hash"},
        ),
    ],
)
def test_refuses_a_malformed_body(client_of, user, version, body, pointers):
    response = client_of(user).put(URL, body)

    assert response.status_code == HTTPStatus.BAD_REQUEST
    assert {error["pointer"] for error in response.json()["errors"]} == pointers


def test_needs_a_signed_in_user(api, version):
    response = api.put(URL, {"state": "withdrawn"})

    assert response.status_code == HTTPStatus.UNAUTHORIZED


def test_stays_open_while_the_gate_is_closed(decide, version, make_version):
    make_version()

    assert decide("given", version).status_code == HTTPStatus.OK
    assert decide("withdrawn").status_code == HTTPStatus.OK


def test_announces_after_commit_and_audits(user, decide, version, received):
    given, withdrawn = received(consent_given), received(consent_withdrawn)

    for state in ("refused", "given", "given", "refused", "given", "withdrawn"):
        decide(state, version)

    facts = {"user": user, "consent": "newsletter", "version": version}
    assert [facts | {"signal": s["signal"]} for s in given] == given == given[:2]
    assert [signal["reason"] for signal in withdrawn] == ["refused", "withdrawn"]
    audited = AuditEvent.objects.filter(subject_id=str(user.pk)).order_by("pk")
    assert [*audited.values_list("action", flat=True)] == [
        "terms.refused",
        "terms.consent_given",
        "terms.refused",
        "terms.consent_given",
        "terms.consent_withdrawn",
    ]


def test_ends_by_itself_after_the_months_of_the_document(
    user, decide, make_document, make_version, time_machine
):
    document = make_document(
        key="newsletter", nature="consent", mandatory=False, valid_months=24
    )
    version = make_version(document)
    time_machine.move_to("2026-01-31T12:00:00Z", tick=False)
    shown = decide("given", version).json()
    assert shown["expires_at"] == "2028-01-31T12:00:00Z"

    time_machine.move_to("2028-01-31T11:59:59Z", tick=False)
    assert has_consent(user, "newsletter")
    time_machine.move_to("2028-01-31T12:00:00Z", tick=False)
    assert not has_consent(user, "newsletter")

    assert decide("given", version).json()["expires_at"] == "2030-01-31T12:00:00Z"
    assert has_consent(user, "newsletter")
    assert actions() == ["given", "given"]


def test_has_consent_takes_one_query(
    user, decide, version, django_assert_num_queries, django_user_model
):
    decide("given", version)

    with django_assert_num_queries(1):
        assert has_consent(user, "newsletter")
    with django_assert_num_queries(0):
        assert not has_consent(django_user_model(pk=None), "newsletter")


def test_takes_a_fixed_number_of_queries(
    client_of, user, version, django_assert_num_queries
):
    client, body = client_of(user), accepting(version, state="given")

    # Savepoint, consent, text, account, state, row, state, audit, release; the state.
    with django_assert_num_queries(10):
        client.put(URL, body)
    # The same with the act that is withdrawn in place of the text, and its state.
    with django_assert_num_queries(11):
        client.put(URL, {"state": "withdrawn"})


class NeverAsked(DecideConsent):
    """A host project's use case: one step replaced, the rest inherited."""

    def record(self, act, at):
        return


def test_a_host_can_replace_one_step(decide, version, settings):
    settings.STARTERKIT_OVERRIDES = {
        "starterkit_terms.v1.consents.key.put": f"{__name__}.NeverAsked"
    }

    assert decide("given", version).json()["state"] == "not_asked"


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(
    connection.vendor == "sqlite", reason="SQLite in memory has one connection"
)
@pytest.mark.parametrize("state", ["given", "withdrawn"])
def test_parallel_taps_leave_one_decision(decide, version, received, state):
    if state == "withdrawn":
        decide("given", version)
    before = actions()

    def tap(_):
        try:
            return decide(state, version)
        finally:
            connection.close()

    with ThreadPoolExecutor(16) as pool:
        responses = [*pool.map(tap, range(16))]

    assert {response.status_code for response in responses} == {HTTPStatus.OK}
    assert len({response.content for response in responses}) == 1
    assert actions() == [*before, state]


def test_the_time_of_a_decision_is_the_servers(decide, version):
    before = timezone.now()

    decide("given", version, happened_at="2020-01-01T00:00:00Z")

    row = acceptance_model().objects.get()
    assert before <= row.happened_at <= timezone.now() + timedelta(seconds=1)
