"""What a client without an account decides, and how an account takes it over."""

from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta
from http import HTTPStatus

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in
from django.core.management import call_command
from django.db import connection, transaction
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from starterkit_core.ports import personal_data, sign_up
from starterkit_core.testing.client import ApiClient
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import Client
from starterkit_core.utils.uuid7 import first_id_at
from starterkit_terms import sign_in
from starterkit_terms.conftest import LONG_AGO, accepting
from starterkit_terms.models import ConsentState, Visitor, acceptance_model
from starterkit_terms.services import visitors
from starterkit_terms.services.consents import has_consent
from starterkit_terms.sign_up import AcceptedTerms
from starterkit_terms.use_cases.bind_visitor import BindVisitor, BindVisitorInput

ACCEPTANCES = reverse("starterkit_terms:acceptances")
OTHER_CLIENT = Client(address="198.51.100.9", user_agent="tests/2")

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def allowed(settings):
    settings.STARTERKIT_TERMS = {"VISITOR_ACTS": "all"}


@pytest.fixture
def consent(make_document, make_version):
    """The version in force of a consent."""
    return make_version(make_document(nature="consent", mandatory=False))


def decide(version, state, client=None, **sent):
    url = reverse("starterkit_terms:consent", args=[version.document.key])
    shown = {} if state == "withdrawn" else accepting(version)
    return (client or ApiClient()).put(url, {"state": state} | shown | sent)


def accept(version, client=None, **sent):
    body = {"acceptances": [accepting(version)]} | sent
    return (client or ApiClient()).post(ACCEPTANCES, body)


def bind(user, token):
    given = BindVisitorInput(user=user, token=token, client=OTHER_CLIENT)
    return BindVisitor.execute(given)


def acts():
    return acceptance_model().objects


def test_a_visitor_gives_a_consent(consent):
    response = decide(consent, "given")

    assert response.status_code == HTTPStatus.OK
    shown, row = response.json(), acts().get()
    assert (shown["state"], shown["decided_number"]) == ("given", 1)
    visitor = Visitor.objects.get()
    assert visitors.id_of(shown["visitor_token"]) == visitor.pk
    assert (row.user, row.actor_id, row.method) == (None, str(visitor.pk), "visitor")
    assert not ConsentState.objects.exists()


def test_a_visitor_accepts_once(make_version):
    version = make_version()

    first = accept(version)
    again = accept(version, visitor_token=first.json()["visitor_token"])

    assert first.status_code == HTTPStatus.CREATED
    assert again.status_code == HTTPStatus.OK
    assert again.json() == first.json()
    assert acts().count() == 1


def test_a_visitor_withdraws_what_they_gave(consent):
    token = decide(consent, "given").json()["visitor_token"]

    withdrawn = decide(consent, "withdrawn", visitor_token=token)
    again = decide(consent, "withdrawn", visitor_token=token)

    assert withdrawn.json()["state"] == again.json()["state"] == "withdrawn"
    assert [*acts().order_by("pk").values_list("action", "sequence")] == [
        ("given", 1),
        ("withdrawn", 2),
    ]


def test_a_visitor_cannot_withdraw_what_another_gave(consent):
    decide(consent, "given")

    response = decide(consent, "withdrawn")

    assert response.json()["code"] == "consent_not_given"


def test_a_visitor_cannot_refuse_what_they_accepted(make_version):
    version = make_version()
    token = accept(version).json()["visitor_token"]

    refusal = {"acceptances": [accepting(version, action="refused")]}
    response = ApiClient().post(ACCEPTANCES, refusal | {"visitor_token": token})

    assert response.json()["code"] == "already_accepted"


@pytest.mark.parametrize("forged", ["nonsense", "a" * 32 + ":b", "é"])
def test_a_forged_token_makes_a_new_visitor(consent, forged):
    response = decide(consent, "given", visitor_token=forged)

    assert response.status_code == HTTPStatus.OK
    assert response.json()["visitor_token"] != forged


def test_what_has_an_audience_needs_an_account(make_document, make_version, settings):
    settings.STARTERKIT_TERMS |= {"AUDIENCES": {"staff": "builtins.bool"}}
    contract = make_version(make_document(audience="staff"))
    staff = make_document(nature="consent", mandatory=False, audience="staff")

    refused = accept(contract)
    hidden = decide(make_version(staff), "given")

    assert refused.json()["code"] == "not_for_acceptance"
    assert hidden.json()["code"] == "consent_not_found"
    assert not acts().exists()


def test_nothing_is_open_to_visitors_by_default(make_version, consent, settings):
    settings.STARTERKIT_TERMS = {}

    refused = [accept(make_version()), decide(consent, "given")]

    assert {it.status_code for it in refused} == {HTTPStatus.UNAUTHORIZED}
    assert not acts().exists()


def test_a_project_may_open_consents_only(make_version, consent, settings):
    settings.STARTERKIT_TERMS = {"VISITOR_ACTS": "consents"}

    assert accept(make_version()).status_code == HTTPStatus.UNAUTHORIZED
    assert decide(consent, "given").status_code == HTTPStatus.OK


def test_acts_of_a_network_are_limited(consent, settings):
    settings.STARTERKIT_TERMS |= {"VISITOR_LIMIT": "1/1h"}
    decide(consent, "given")

    response = decide(consent, "given")

    assert response.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert acts().count() == 1


def test_an_account_gets_no_token(user, client_of, consent, make_version):
    mine = client_of(user)

    given, accepted = decide(consent, "given", mine), accept(make_version(), mine)

    assert "visitor_token" not in given.json() | accepted.json()
    assert not Visitor.objects.exists()


def test_a_sign_up_takes_over_what_the_visitor_did(user, consent, make_version):
    version = make_version()
    token = decide(consent, "given").json()["visitor_token"]
    accept(version, visitor_token=token)
    acts_then = {row.version_id: row for row in acts().all()}

    given = {"visitor_token": token, "accepted_terms": ()}
    sign_up.commit(user, given, OTHER_CLIENT)

    assert has_consent(user, consent.document.key)
    mine = [*acts().filter(user=user)]
    assert {row.version_id for row in mine} == {consent.pk, version.pk}
    for row in mine:
        before = acts_then[row.version_id]
        assert (row.method, row.actor_id) == ("bound", before.actor_id)
        assert (row.happened_at, row.address) == (before.happened_at, before.address)
    assert acts().filter(user=None).count() == 2


def test_a_sign_in_takes_over_what_the_visitor_did(user, consent):
    token = decide(consent, "given").json()["visitor_token"]
    request = RequestFactory().post("/", headers={visitors.HEADER: token})

    user_logged_in.send(type(user), user=user, request=request)

    assert has_consent(user, consent.document.key)


def test_a_sign_in_does_not_fail_with_the_binding(user, consent, caplog):
    token = decide(consent, "given").json()["visitor_token"]
    request = RequestFactory().post("/", headers={visitors.HEADER: token})
    get_user_model().objects.filter(pk=user.pk).delete()

    sign_in.bind(type(user), user, request)

    assert "could not be bound" in caplog.text
    assert not Visitor.objects.exclude(bound_at=None).exists()


def test_a_sign_in_within_a_use_case_does_not_fail_with_the_binding(
    user, make_user, consent
):
    token = decide(consent, "given").json()["visitor_token"]
    request = RequestFactory().post("/", headers={visitors.HEADER: token})
    get_user_model().objects.filter(pk=user.pk).delete()

    class SignIn(UseCase[Input, int]):
        def run(self):
            sign_in.bind(type(user), user, request)
            return make_user().pk

    signed_in = SignIn.execute(Input())

    assert get_user_model().objects.filter(pk=signed_in).exists()
    assert not Visitor.objects.exclude(bound_at=None).exists()


def test_a_visitor_is_bound_once(user, make_user, consent):
    other = make_user()
    token = decide(consent, "given").json()["visitor_token"]
    bind(user, token)

    assert bind(other, token) == bind(user, token) == 0
    assert acts().filter(user=user).count() == 1
    assert not acts().filter(user=other).exists()


def test_who_goes_on_with_a_bound_token_is_a_new_visitor(user, consent):
    token = decide(consent, "given").json()["visitor_token"]
    bind(user, token)

    later = decide(consent, "refused", visitor_token=token).json()["visitor_token"]

    assert later != token
    assert has_consent(user, consent.document.key)


def test_an_expired_visitor_is_not_bound(user, consent):
    token = decide(consent, "given").json()["visitor_token"]

    with time_machine.travel(timezone.now() + timedelta(days=31)):
        bound = bind(user, token)

    assert bound == 0
    assert not acts().filter(user=user).exists()


def test_what_the_account_decided_later_wins(user, client_of, consent):
    token = decide(consent, "given").json()["visitor_token"]
    decide(consent, "refused", client_of(user))

    bind(user, token)

    assert not has_consent(user, consent.document.key)


def test_what_the_visitor_decided_later_is_taken_over(user, client_of, consent):
    with time_machine.travel(timezone.now() - timedelta(days=1)):
        decide(consent, "given", client_of(user))
    token = decide(consent, "refused").json()["visitor_token"]

    bind(user, token)

    assert not has_consent(user, consent.document.key)


def test_a_later_refusal_takes_no_acceptance_away(user, client_of, make_version):
    version = make_version()
    with time_machine.travel(timezone.now() - timedelta(days=1)):
        accept(version, client_of(user))
    refusal = {"acceptances": [accepting(version, action="refused")]}
    token = ApiClient().post(ACCEPTANCES, refusal).json()["visitor_token"]

    assert bind(user, token) == 0
    assert ConsentState.objects.of(user).get().action == "accepted"


def test_the_purge_deletes_who_was_not_bound_in_time(user, consent):
    tomorrow, tokens = timezone.now() + timedelta(days=1), []
    for days in range(3):
        # Other tests travel, and ids only rise: a purge would find none of those.
        began = first_id_at(LONG_AGO + timedelta(days=days))
        visitor = Visitor.objects.create(pk=began, expires_at=tomorrow)
        tokens.append(visitors.token_of(visitor))
        decide(consent, "given", visitor_token=tokens[-1])
    bound, over, still_open = (visitors.id_of(token) for token in tokens)
    bind(user, tokens[0])
    ended = Visitor.objects.filter(pk__in=[bound, over])
    ended.update(expires_at=timezone.now())

    call_command("starterkit", "purge")

    assert {*Visitor.objects.values_list("pk", flat=True)} == {bound, still_open}
    actors = acts().filter(user=None).values_list("actor_id", flat=True)
    assert {*actors} == {str(bound), str(still_open)}
    assert acts().filter(user=user).exists()


def test_pruning_leaves_what_can_be_bound_and_what_an_account_took_over(
    user, consent, settings, capsys
):
    settings.STARTERKIT_TERMS |= {"EVIDENCE_RETENTION": timedelta()}
    bind(user, decide(consent, "given").json()["visitor_token"])
    decide(consent, "given")

    call_command("terms_prune", "--dry-run")
    call_command("terms_prune")

    assert acts().count() == 3
    assert "evidence: 0 to remove" in capsys.readouterr().out


def test_an_erasure_removes_the_visitor(guarded, user, consent):
    bind(user, decide(consent, "given").json()["visitor_token"])
    assert len(personal_data.export(user)["terms_visitor"]) == 1

    personal_data.erase(user)
    personal_data.erase(user)

    assert not Visitor.objects.exists()
    assert {*acts().values_list("user", "address", "user_agent")} == {(None, "", "")}
    assert acts().count() == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(
    connection.vendor == "sqlite", reason="SQLite in memory has one connection"
)
def test_sign_ins_at_once_bind_a_visitor_once(make_user, consent):
    users = [make_user() for _ in range(8)]
    token = decide(consent, "given").json()["visitor_token"]

    def take_over(user):
        try:
            return bind(user, token)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(users)) as pool:
        bound = [*pool.map(take_over, users)]

    assert sorted(bound) == [0] * 7 + [1]
    owner = get_user_model().objects.get(pk=Visitor.objects.get().user_id)
    assert [*acts().exclude(user=None).values_list("user", flat=True)] == [owner.pk]


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(
    connection.vendor == "sqlite", reason="SQLite in memory has one connection"
)
def test_a_withdrawal_during_a_sign_in_is_not_recorded_of_another_visitor(
    user, consent
):
    token = decide(consent, "given").json()["visitor_token"]

    def withdraw():
        try:
            return decide(consent, "withdrawn", visitor_token=token)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            bind(user, token)
            answer = pool.submit(withdraw)
            wait([answer], timeout=1)
        response = answer.result()

    assert response.json()["code"] == "consent_not_given"
    assert Visitor.objects.count() == 1


def test_only_a_project_with_visitors_asks_for_their_token_at_sign_up(settings):
    with_visitors = {**AcceptedTerms().fields()}

    settings.STARTERKIT_TERMS = {"VISITOR_ACTS": "off"}

    assert [*with_visitors] == ["accepted_terms", "visitor_token"]
    assert [*AcceptedTerms().fields()] == ["accepted_terms"]
