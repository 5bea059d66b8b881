from http import HTTPStatus
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from starterkit_auth.models import session_model
from starterkit_core import signals
from starterkit_core.models import AuditEvent

from .use_case import EndSession

SESSION = reverse("starterkit_auth:session")

pytestmark = pytest.mark.django_db


def url_of(session_id):
    return reverse("starterkit_auth:sessions-session-id", args=[session_id])


def live():
    return session_model().objects.live_at(timezone.now()).count()


@pytest.mark.parametrize("transport", ["bearer", "cookie"])
def test_ends_that_session_and_no_other(calling, opened, open_for, member, transport):
    lost, kept = open_for(member, transport), open_for(member)

    response = calling(opened).delete(url_of(lost.session.pk))

    assert response.status_code == HTTPStatus.NO_CONTENT
    assert response.content == b""
    assert calling(lost).get(SESSION).status_code == HTTPStatus.UNAUTHORIZED
    for other in (opened, kept):
        assert calling(other).get(SESSION).status_code == HTTPStatus.OK


def test_may_end_the_one_of_this_request(bearer, opened):
    response = bearer(opened.access_token).delete(url_of(opened.session.pk))

    assert response.status_code == HTTPStatus.NO_CONTENT
    again = bearer(opened.access_token).get(SESSION)
    assert again.status_code == HTTPStatus.UNAUTHORIZED


def test_a_foreign_and_an_unknown_session_get_one_answer(
    bearer, opened, open_for, make_user
):
    foreign = open_for(make_user())

    answers = [
        bearer(opened.access_token).delete(url_of(session_id))
        for session_id in (foreign.session.pk, uuid4())
    ]

    problems = [answer.json() for answer in answers]
    for problem in problems:
        problem.pop("request_id"), problem.pop("instance")
    assert [answer.status_code for answer in answers] == [HTTPStatus.NOT_FOUND] * 2
    assert problems[0] == problems[1]
    assert problems[0]["code"] == "session_not_found"
    assert live() == 2


def test_a_malformed_id_is_not_found(bearer, opened):
    url = url_of(opened.session.pk).replace(str(opened.session.pk), "1")

    response = bearer(opened.access_token).delete(url)

    assert response.status_code == HTTPStatus.NOT_FOUND


def test_repeating_it_is_safe_and_sends_the_signal_once(
    bearer, opened, open_for, member, received
):
    lost = open_for(member).session
    ended = received(signals.session_ended)

    answers = [
        bearer(opened.access_token).delete(url_of(lost.pk)).status_code
        for _ in range(2)
    ]

    event = AuditEvent.objects.get(action="auth.session_ended")
    assert answers == [HTTPStatus.NO_CONTENT] * 2
    assert [(e["session"], e["reason"]) for e in ended] == [(lost, "ended_by_user")]
    assert event.facts == {"session": str(lost.pk)}
    assert (event.actor_id, event.subject_id) == (str(member.pk), str(member.pk))


def test_needs_a_signed_in_user(api, opened):
    response = api.delete(url_of(opened.session.pk))

    assert response.status_code == HTTPStatus.UNAUTHORIZED
    assert live() == 1


def test_another_site_cannot_do_it(browser, open_for, member):
    opened = open_for(member, "cookie")

    response = browser(opened, HTTP_SEC_FETCH_SITE="cross-site").delete(
        url_of(opened.session.pk)
    )

    assert response.status_code == HTTPStatus.FORBIDDEN
    assert live() == 1


class BearersOnly(EndSession):
    """A host project's use case: one step replaced, the rest inherited."""

    def end_session(self, session):
        return session.transport == "bearer" and super().end_session(session)


def test_a_host_can_replace_one_step(bearer, opened, open_for, member, settings):
    kept = open_for(member, "cookie").session
    settings.STARTERKIT_OVERRIDES = {
        "starterkit_auth.v1.sessions.session_id.delete": f"{__name__}.BearersOnly"
    }

    response = bearer(opened.access_token).delete(url_of(kept.pk))

    assert response.status_code == HTTPStatus.NO_CONTENT
    assert live() == 2
