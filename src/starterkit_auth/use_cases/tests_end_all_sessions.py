from time import sleep

import pytest
from django.db import transaction
from django.utils import timezone

from starterkit_auth.models import session_model
from starterkit_auth.services import reauthentication, sessions
from starterkit_auth.use_cases.end_all_sessions import (
    EndAllSessions,
    EndAllSessionsInput,
)


def live(user):
    return set(session_model().objects.of(user).live_at(timezone.now()))


def keep_one(session):
    """End the other sessions as a new password does, with a pause before it."""
    user = session.user
    with transaction.atomic():
        type(user)._base_manager.select_for_update().get(pk=user.pk)
        reauthentication.renew_under(session, user)
        sleep(0.4)
        sessions.end_sessions(user, "password_changed", but=session.pk)


def end_others(session):
    with transaction.atomic():
        sessions.end_sessions(session.user, "ended_by_user", but=session.pk)


def end_everybodys(session):
    EndAllSessions.execute(EndAllSessionsInput())


@pytest.mark.parametrize("other", [end_others, end_everybodys])
@pytest.mark.django_db(transaction=True)
def test_two_requests_that_end_many_sessions_wait_for_each_other(
    at_once, open_for, member, other
):
    first, _, last = [open_for(member).session for _ in range(3)]

    def call(number):
        if number == 0:
            return keep_one(last)
        sleep(0.2)
        return other(first)

    at_once(2, call)

    assert live(member) == set()
