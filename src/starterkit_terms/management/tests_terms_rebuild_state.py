"""``terms_rebuild_state``: the states against the ledger."""

from io import StringIO

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.urls import reverse

from starterkit_core.ports import access_gates
from starterkit_terms.conftest import accepting
from starterkit_terms.models import ConsentState, acceptance_model

pytestmark = pytest.mark.django_db


def run(**options):
    out = StringIO()
    call_command("terms_rebuild_state", stdout=out, **options)
    return out.getvalue()


def saved():
    names = ("user", "document", "action", "number", "accepted_number", "sequence")
    return {*ConsentState.objects.values_list(*names, "event_id", "expires_at")}


@pytest.fixture
def people(client_of, make_user, make_document, make_version):
    """Three users who accepted and gave; two of them have withdrawn."""
    terms = make_version()
    document = make_document(
        key="news", nature="consent", mandatory=False, valid_months=12
    )
    consent = make_version(document)
    people = [make_user() for _ in range(3)]
    url = reverse("starterkit_terms:consent", args=["news"])
    for index, person in enumerate(people):
        client = client_of(person)
        body = {"acceptances": [accepting(terms)]}
        client.post(reverse("starterkit_terms:acceptances"), body)
        client.put(url, accepting(consent, state="given"))
        if index:
            client.put(url, {"state": "withdrawn"})
    return people


def test_no_state_differs_from_what_was_done(people):
    assert "no state differs" in run(batch_size=2)


def test_a_missing_a_wrong_and_a_made_up_state_are_found(people, make_document):
    first, second, third = people
    ConsentState.objects.filter(user=first, action="accepted").delete()
    ConsentState.objects.filter(user=second, action="withdrawn").update(action="given")
    ConsentState(
        user=third,
        document=make_document(),
        action="accepted",
        number=1,
        sequence=1,
        event_id=third.terms_states.first().event_id,
        happened_at=third.terms_states.first().happened_at,
    ).save()
    before = saved()

    for _ in range(2):
        with pytest.raises(CommandError, match="3 states of 3 users differ"):
            run(batch_size=2)

    assert saved() == before


def test_rebuilds_what_differs_and_nothing_else(people):
    before, untouched = saved(), people[2].terms_states.first().pk
    people[0].terms_states.all().delete()
    people[1].terms_states.update(number=7, sequence=9)

    assert "4 states rebuilt" in run(apply=True, batch_size=2)

    assert saved() == before
    assert ConsentState.objects.filter(pk=untouched).exists()
    assert "no state differs" in run()


def test_the_gate_asks_again_where_a_state_was_rebuilt(
    people, django_capture_on_commit_callbacks
):
    person, other = people[:2]
    assert is_open(person)
    acceptance_model().objects.forget(person)

    with django_capture_on_commit_callbacks(execute=True):
        run(apply=True)

    assert not is_open(person)
    assert is_open(other)


def is_open(user):
    saved = get_user_model()._base_manager.get(pk=user.pk)
    return access_gates.first_refusal(saved) is None


def test_who_is_forgotten_has_no_state(people):
    acceptance_model().objects.forget(people[0])
    ConsentState.objects.of(people[0]).delete()

    assert "no state differs" in run()


@pytest.mark.parametrize("number", [1, 6])
def test_takes_the_same_queries_for_any_number_of_users(
    people, make_user, client_of, django_assert_num_queries, number
):
    for _ in range(number):
        make_user()

    # Savepoint, users, acts, states, release.
    with django_assert_num_queries(5):
        run()
