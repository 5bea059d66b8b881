"""Actions of the administration on sessions, passwords and addresses of users."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from starterkit_core.errors import AddressMissing
from starterkit_core.models import AuditEvent
from starterkit_core.ports import account_access
from starterkit_users.models import AbstractUser

User = get_user_model()

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        not issubclass(User, AbstractUser), reason="a host registers its own model"
    ),
]

EVENTS = {
    "end_sessions": "users.sessions_ended",
    "send_password_reset": "users.password_reset_sent",
    "verify_address": "users.address_verified",
}


@pytest.fixture
def chief(make_user):
    return make_user(is_staff=True, is_superuser=True)


@pytest.fixture
def run(chief):
    """Run an action on users, and return what the page says."""

    def post(action, *users):
        office = Client()
        office.force_login(chief)
        page = f"admin:{User._meta.app_label}_{User._meta.model_name}_changelist"
        body = {"action": action, "_selected_action": [user.pk for user in users]}
        answer = office.post(reverse(page), body)
        return [str(message) for message in get_messages(answer.wsgi_request)]

    return post


@pytest.mark.parametrize("action", EVENTS)
def test_an_action_runs_the_use_case_for_each_user(
    run, chief, access, make_user, action
):
    users = [make_user(), make_user()]

    said = run(action, *users)

    assert {call[0] for call in access.asked} == {
        action if action != "verify_address" else "confirm_address"
    }
    assert {call[1] for call in access.asked} == {*users}
    events = AuditEvent.objects.filter(action=EVENTS[action], actor_id=str(chief.pk))
    assert {event.subject_id for event in events} == {str(user.pk) for user in users}
    assert said == ["2 users were processed."]


def test_says_who_was_refused(run, access, user):
    access.refusal = AddressMissing()

    said = run("verify_address", user)

    assert said[0] == f"{user}: This account has no e-mail address."


def test_no_administrator_marks_their_own_address(run, access, chief):
    said = run("verify_address", chief)

    assert said[0] == f"{chief}: You cannot do this to your own account here."
    assert access.asked == []


@pytest.mark.parametrize("action", EVENTS)
def test_there_is_no_action_where_no_module_answers(
    run, user, monkeypatch, access, action
):
    monkeypatch.setattr(account_access, "_provider", None)

    run(action, user)

    assert not access.asked
    assert not AuditEvent.objects.filter(action=EVENTS[action]).exists()
