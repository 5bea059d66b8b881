from http import HTTPStatus

import pytest
from django.urls import reverse
from django.utils import timezone

from starterkit_auth.models import session_model
from starterkit_core import signals
from starterkit_core.models import AuditEvent
from starterkit_core.ports import access_gates

from .use_case import EndOtherSessions

URL = reverse("starterkit_auth:sessions")
SESSION = reverse("starterkit_auth:session")
REFRESH = reverse("starterkit_auth:session-refresh")
QUERIES_WITHOUT_OTHERS = 5  # two of them are a savepoint
QUERIES_WITH_OTHERS = 2  # all of them end at once, and one event

pytestmark = pytest.mark.django_db


def live_of(user):
    return [*session_model().objects.of(user).live_at(timezone.now())]


@pytest.mark.parametrize("transport", ["bearer", "cookie"])
def test_ends_all_my_sessions_but_this_one(api, calling, open_for, member, transport):
    current = open_for(member, transport)
    phone, tablet = open_for(member), open_for(member, "cookie")

    response = calling(current).delete(URL)

    assert response.status_code == HTTPStatus.NO_CONTENT
    assert response.content == b""
    assert live_of(member) == [current.session]
    assert calling(current).get(SESSION).status_code == HTTPStatus.OK
    for other in (phone, tablet):
        assert calling(other).get(SESSION).status_code == HTTPStatus.UNAUTHORIZED
    renewed = api.post(REFRESH, {"refresh_token": phone.refresh_token})
    assert renewed.status_code == HTTPStatus.UNAUTHORIZED


def test_ends_no_session_of_another_user(bearer, opened, open_for, make_user):
    stranger = make_user()
    open_for(stranger)

    bearer(opened.access_token).delete(URL)

    assert len(live_of(stranger)) == 1


def test_ends_all_of_a_user_signed_in_by_other_means(client_of, open_for, member):
    open_for(member)

    response = client_of(member).delete(URL)

    assert response.status_code == HTTPStatus.NO_CONTENT
    assert live_of(member) == []


def test_records_one_event_and_sends_a_signal_for_each(
    bearer, opened, open_for, member, received
):
    others = {open_for(member).session.pk, open_for(member).session.pk}
    ended = received(signals.session_ended)

    for _ in range(2):
        response = bearer(opened.access_token).delete(URL)
        assert response.status_code == HTTPStatus.NO_CONTENT

    event = AuditEvent.objects.get(action="auth.sessions_ended")
    assert (event.actor_id, event.subject_id) == (str(member.pk), str(member.pk))
    assert event.facts == {"number": 2}
    assert {(e["session"].pk, e["reason"]) for e in ended} == {
        (pk, "ended_by_user") for pk in others
    }


def test_needs_a_signed_in_user(api):
    assert api.delete(URL).status_code == HTTPStatus.UNAUTHORIZED


def test_another_site_cannot_do_it(browser, open_for, member):
    open_for(member)
    client = browser(open_for(member, "cookie"), HTTP_SEC_FETCH_SITE="cross-site")

    response = client.delete(URL)

    assert response.status_code == HTTPStatus.FORBIDDEN
    assert len(live_of(member)) == 2


class Closed:
    """A gate that is always closed."""

    code = "closed"
    order = 0
    exempt = ()

    def refusal(self, user):
        raise AssertionError("Nobody asks.")


def test_works_while_a_gate_is_closed(bearer, opened, monkeypatch):
    monkeypatch.setattr(access_gates, "_gates", {"closed": Closed()})

    response = bearer(opened.access_token).delete(URL)

    assert response.status_code == HTTPStatus.NO_CONTENT


@pytest.mark.parametrize("others", [0, 3, 9])
def test_takes_no_more_queries_than_it_needs(
    bearer, opened, open_for, django_assert_num_queries, others
):
    for _ in range(others):
        open_for(opened.user)
    client = bearer(opened.access_token)
    more = QUERIES_WITH_OTHERS if others else 0

    with django_assert_num_queries(QUERIES_WITHOUT_OTHERS + more):
        client.delete(URL)


class KeepsCookies(EndOtherSessions):
    """A host project's use case: one step replaced, the rest inherited."""

    def end_sessions(self):
        return 0


def test_a_host_can_replace_one_step(bearer, opened, open_for, member, settings):
    open_for(member)
    settings.STARTERKIT_OVERRIDES = {
        "starterkit_auth.v1.sessions.delete": f"{__name__}.KeepsCookies"
    }

    response = bearer(opened.access_token).delete(URL)

    assert response.status_code == HTTPStatus.NO_CONTENT
    assert len(live_of(member)) == 2
