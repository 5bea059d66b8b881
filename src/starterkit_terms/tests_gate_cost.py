"""What the gate costs, and that no cache and no clock opens it."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.contrib.auth import get_user_model, login
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.cache import caches
from django.core.cache.backends.dummy import DummyCache
from django.core.cache.backends.locmem import LocMemCache
from django.db import connection, transaction
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from starterkit_core.conf import conf
from starterkit_core.ports import access_gates, personal_data
from starterkit_terms.conftest import LONG_AGO, accepting, publish
from starterkit_terms.errors import VersionOutdated
from starterkit_terms.gate import TermsGate
from starterkit_terms.models import document_model, version_model
from starterkit_terms.services import epochs, standing
from starterkit_terms.services.evidence import AcceptedText
from starterkit_terms.v1.acceptances.post.use_case import AcceptTerms, AcceptTermsInput

ACCEPT = reverse("starterkit_terms:acceptances")
DAY = timedelta(days=1)

pytestmark = pytest.mark.django_db


class DeadCache(LocMemCache):
    """A cache that cannot be reached."""

    def _down(self, *args, **kwargs):
        raise ConnectionError("The cache is down.")

    add = get = set = incr = delete = touch = get_many = delete_many = _down


class LyingCache(LocMemCache):
    """A cache that answers each question with what it was told of another user."""

    told = "yes"

    def set(self, key, value, *args, **kwargs):
        LyingCache.told = value

    def get(self, *args, **kwargs):
        return self.told


class StubbornCache(LocMemCache):
    """A cache that says True to everything."""

    def get(self, *args, **kwargs):
        return True


@pytest.fixture
def use_cache(settings):
    def use(backend):
        path = f"{backend.__module__}.{backend.__qualname__}"
        settings.CACHES = {"default": {"BACKEND": path}}

    return use


def refusal(user):
    """Ask as a request does: with the user as it is saved."""
    return TermsGate().refusal(get_user_model()._base_manager.get(pk=user.pk))


def is_open(user):
    return refusal(user) is None


def cost(user):
    """Return how many queries the gate takes of a user who has been read."""
    user = get_user_model()._base_manager.get(pk=user.pk)
    with CaptureQueriesContext(connection) as queries:
        TermsGate().refusal(user)
    return len(queries)


@pytest.fixture
def accept(client_of):
    def accept(user, *versions):
        body = {"acceptances": [accepting(version) for version in versions]}
        response = client_of(user).post(ACCEPT, body)
        assert response.status_code == HTTPStatus.CREATED, response.content

    return accept


def test_takes_no_query_once_everything_is_accepted(user, make_version, accept, steady):
    accept(user, make_version(), make_version())

    assert is_open(user)
    assert cost(user) == 0


def test_takes_no_query_while_there_is_nothing_to_accept(user, make_document, steady):
    make_document()

    assert is_open(user)
    assert cost(user) == 0


def test_takes_no_query_for_another_user_of_the_project(
    user, make_user, make_version, accept, steady
):
    version = make_version()
    other = make_user()
    accept(user, version)

    assert is_open(user)
    assert not is_open(other)
    assert cost(user) == 0


def test_asks_once_for_a_user_of_whom_nothing_is_kept(
    user, make_version, accept, steady
):
    accept(user, make_version())
    standing.forget(user)
    caches["default"].clear()

    with transaction.atomic():
        first = cost(user)
    run_after_commit()

    assert first > 0
    assert cost(user) == 0


def run_after_commit():
    """Run what waits for the commit, as this test never commits."""
    while connection.run_on_commit:
        _, act, _ = connection.run_on_commit.pop(0)
        act()
    epochs.known().get()  # a publication has forgotten it


def test_a_new_version_asks_users_again(user, make_version, accept, steady):
    first = make_version()
    accept(user, first)

    second = make_version(first.document)

    assert not is_open(user)
    accept(user, second)
    assert is_open(user)
    assert cost(user) == 0


def test_each_date_takes_effect_with_nothing_run(
    user, make_user, make_version, accept, time_machine
):
    time_machine.move_to(LONG_AGO + DAY)
    faithful, stranger = user, make_user()
    first = make_version()
    accept(faithful, first)
    make_version(first.document, at=LONG_AGO + 2 * DAY, enforce_at=LONG_AGO + 10 * DAY)
    later = make_version(at=LONG_AGO + 3 * DAY, enforce_at=LONG_AGO + 5 * DAY)

    open_to = {}
    for day in (2, 4, 5, 9, 10):
        time_machine.move_to(LONG_AGO + day * DAY)
        open_to[day] = (is_open(faithful), is_open(stranger))
        if day == 5:
            accept(faithful, later)

    assert open_to == {
        2: (True, False),
        4: (True, False),
        5: (False, False),
        9: (True, False),
        10: (False, False),
    }


def test_a_version_that_was_announced_earlier_is_not_skipped(
    user, make_version, accept, time_machine
):
    time_machine.move_to(LONG_AGO)
    late = make_version(at=LONG_AGO, enforce_at=LONG_AGO + 9 * DAY)
    soon = make_version(at=LONG_AGO, enforce_at=LONG_AGO + 3 * DAY)
    time_machine.move_to(LONG_AGO + 4 * DAY)
    accept(user, soon)
    assert is_open(user)

    time_machine.move_to(LONG_AGO + 9 * DAY)

    assert not is_open(user)
    accept(user, late)
    assert is_open(user)


@pytest.mark.parametrize("way", ["save", "update"])
def test_a_document_may_become_mandatory_later(
    user, make_document, make_version, accept, way
):
    document = make_document(mandatory=False)
    make_version(document)
    accept(user, make_version())
    assert is_open(user)

    if way == "save":
        document.mandatory = True
        document.save()
    else:
        document_model().objects.filter(pk=document.pk).update(mandatory=True)
    epochs.known().forget()  # a second passes

    assert not is_open(user)


def test_a_document_may_become_optional_and_mandatory_again(
    user, make_document, make_version, accept, steady
):
    accept(user, make_version())
    document = make_document()
    make_version(document)
    assert not is_open(user)
    documents = document_model().objects.filter(pk=document.pk)

    documents.update(mandatory=False)
    epochs.known().forget()
    assert is_open(user)
    run_after_commit()
    assert cost(user) == 0

    documents.update(mandatory=True)
    epochs.known().forget()
    assert not is_open(user)


@pytest.mark.django_db(transaction=True)
def test_keeps_no_epoch_that_was_known_before_a_document_became_optional(
    user, make_document, make_version, accept, steady
):
    accept(user, make_version())
    document = make_document()
    make_version(document)
    assert not is_open(user)
    documents = document_model().objects.filter(pk=document.pk)

    documents.update(mandatory=False)  # another server: this one does not know yet
    assert is_open(user)
    documents.update(mandatory=True)

    assert not is_open(user)


def test_a_user_made_without_a_form_is_pending(make_user, make_version):
    make_version()

    assert not is_open(make_user())


def test_an_erasure_leaves_nothing_that_opens_it(user, make_version, accept):
    accept(user, make_version())
    assert is_open(user)

    personal_data.erase(user)
    run_after_commit()

    assert not is_open(user)


def test_a_rollback_keeps_nothing(user, make_version, steady):
    version = make_version()
    text = version.texts.get()

    with transaction.atomic():
        accept_inside(user, version, text)
        assert standing.settle(user, timezone.now())
        transaction.set_rollback(True)
    run_after_commit()

    assert not is_open(user)


def accept_inside(user, version, text):
    read = AcceptedText(version=version.pk, content_hash=text.content_hash)
    AcceptTerms.execute(AcceptTermsInput(user=user, accepted=[read]))


@pytest.mark.parametrize("backend", [DeadCache, LyingCache, StubbornCache, DummyCache])
def test_no_cache_opens_it(make_user, make_version, accept, use_cache, backend):
    user, version = make_user(), make_version()
    use_cache(backend)
    accept(user, version)

    assert is_open(user)
    assert not is_open(make_user())


def test_an_empty_cache_opens_it_to_those_only_who_have_accepted(
    user, make_user, make_version, accept
):
    version, other = make_version(), make_user()
    accept(user, version)

    caches[conf.CACHE_ALIAS].clear()

    assert is_open(user)
    assert not is_open(other)


def test_what_the_cache_keeps_of_a_former_version_does_not_open_it(
    user, make_version, accept, use_cache
):
    use_cache(LocMemCache)
    first = make_version()
    accept(user, first)
    assert is_open(user)

    make_version(first.document)

    assert not is_open(user)


def test_two_servers_agree_within_a_second(
    user, make_version, make_draft, accept, monkeypatch
):
    draft = make_draft()
    accept(user, make_version())
    assert is_open(user)
    monkeypatch.setattr(epochs, "forget", lambda: None)  # another server publishes

    publish(draft)
    assert epochs.known().seconds == 1
    monkeypatch.setattr(epochs.known(), "seconds", 0)  # a second passes

    assert not is_open(user)


@pytest.mark.skipif(not standing.has_column(), reason="The user model has no column.")
def test_the_column_is_saved_with_the_acceptance(user, make_version, client_of):
    version = make_version()

    client_of(user).post(ACCEPT, {"acceptances": [accepting(version)]})

    row = get_user_model()._base_manager.get(pk=user.pk)
    assert row.terms_epoch == epochs.read().at(timezone.now()).of_all > 0


@pytest.mark.skipif(not standing.has_column(), reason="The user model has no column.")
def test_a_column_that_was_not_loaded_costs_a_question(
    user, make_version, accept, steady
):
    accept(user, make_version())

    partial = get_user_model()._base_manager.defer("terms_epoch").get(pk=user.pk)

    assert TermsGate().refusal(partial) is None
    assert "terms_epoch" in partial.get_deferred_fields()


def test_a_lazy_user_of_a_session_costs_no_query(
    user, make_version, accept, steady, rf_user
):
    accept(user, make_version())
    lazy = rf_user(user)
    assert lazy.pk
    assert is_open(user)

    with CaptureQueriesContext(connection) as queries:
        assert TermsGate().refusal(lazy) is None

    assert len(queries) == 0


@pytest.fixture
def rf_user():
    """Return the user as Django's middleware puts it on a request."""

    def lazy(user):
        request = RequestFactory().get("/")
        SessionMiddleware(lambda request: None).process_request(request)
        login(request, user, "django.contrib.auth.backends.ModelBackend")
        AuthenticationMiddleware(lambda request: None).process_request(request)
        return request.user

    return lazy


def test_publishing_costs_the_same_for_any_number_of_users(
    make_user, make_draft, make_version, accept
):
    counts = []
    for _ in range(2):
        draft = make_draft()
        with CaptureQueriesContext(connection) as queries:
            publish(draft)
        counts.append(len(queries))
        for _ in range(5):
            accept(make_user(), draft)

    assert counts[0] == counts[1]


def test_the_gate_is_asked_by_the_port(user, make_version):
    make_version()

    assert access_gates.first_refusal(user).code == "terms_acceptance_required"


def test_the_epoch_is_that_of_the_highest_version_in_force(make_version):
    first = make_version()
    one = epochs.read().at(timezone.now()).of_all
    make_version(first.document)
    two = epochs.read().at(timezone.now()).of_all

    assert one not in {two, epochs.NONE}
    assert epochs.read().at(LONG_AGO - DAY).of_all == epochs.NONE
    assert 0 < two < 2**63
    assert version_model().objects.enforceable().count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_publication_during_an_acceptance_is_not_missed(
    user, make_version, make_draft, client_of, at_once
):
    first = make_version()
    body = {"acceptances": [accepting(first)]}
    draft = make_draft(first.document)

    def act(number):
        if number == 3:
            return publish(draft)
        return client_of(user).post(ACCEPT, body).status_code

    results = at_once(8, act)

    assert {it for it in results if isinstance(it, int)} <= {200, 201, 409}
    epochs.known().forget()
    assert not is_open(user)


@pytest.mark.django_db(transaction=True)
def test_of_two_publications_at_once_each_counts_and_one_is_in_force(
    user, make_draft, make_document, at_once
):
    document = make_document()
    drafts = [make_draft(document), make_draft(document), make_draft()]

    def act(number):
        try:
            return publish(drafts[number])
        except VersionOutdated:
            return None

    at_once(3, act)

    now = timezone.now()
    in_force = version_model().objects.in_force(now)
    assert {version.pk for version in in_force} == {drafts[1].pk, drafts[2].pk}
    missing = TermsGate().refusal(user).facts["pending"]
    assert {row["version"] for row in missing} == {str(it.pk) for it in drafts[1:]}
