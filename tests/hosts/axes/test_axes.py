import pytest
from axes.models import AccessAttempt, AccessLog
from django.contrib.auth.signals import (
    user_logged_in,
    user_logged_out,
    user_login_failed,
)
from django.core.checks import run_checks

from starterkit_core.testing.plugin import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def member(person):
    """A person who has an account."""
    person.sign_up()
    person.confirm()
    return person


def test_the_journey_is_as_without_axes(person):
    wrong = person.walk()

    assert wrong == ""


def test_axes_logs_who_came_and_went(member):
    member.sign_in()
    member.send("DELETE auth/v1/session/")

    came, went = AccessLog.objects.order_by("pk").first(), AccessLog.objects.last()
    assert came.path_info == "/api/auth/v1/registration/confirmation/"
    assert came.ip_address == "127.0.0.1"
    assert went.logout_time is not None
    assert went.username == came.username


def test_axes_counts_failures_and_forgets_them_after_a_success(member):
    member.sign_in("wrong")

    attempt = AccessAttempt.objects.get()
    assert attempt.failures_since_start == 1
    assert "wrong" not in f"{attempt.get_data}{attempt.post_data}"

    member.sign_in()
    assert not AccessAttempt.objects.exists()


def test_axes_counts_addresses_without_an_account(person):
    person.email = "nobody@example.com"

    answers = [person.sign_in("wrong").status_code for _ in range(3)]

    assert AccessAttempt.objects.get().username == "nobody@example.com"
    assert answers == [401, 401, 429]


def test_axes_locks_an_account_also_for_its_password(member):
    """The third answer is that of its middleware, as anywhere in the project."""
    answers = [member.sign_in("wrong").status_code for _ in range(3)]

    locked = member.sign_in()

    assert answers == [401, 401, 429]
    assert locked.status_code == 429


def test_a_lock_does_not_reach_open_sessions(member):
    for _ in range(3):
        member.sign_in("wrong")

    step_up = member.send("POST auth/v1/session/step-up/", {"password": PASSWORD})

    assert step_up.status_code == 200


def test_receivers_get_user_and_request_and_never_the_password(member, received):
    came, failed, went = map(
        received, (user_logged_in, user_login_failed, user_logged_out)
    )

    member.sign_in()
    token = member.tokens["access_token"]
    member.sign_in("wrong")
    member.send("DELETE auth/v1/session/", HTTP_AUTHORIZATION=f"Bearer {token}")

    user = came[0]["user"]
    assert user.email == member.email
    assert [facts["user"] for facts in (*came, *went)] == [user, user]
    assert set(failed[0]["credentials"].values()) == {user.get_username()}
    for [facts] in (came, failed, went):
        assert facts["request"].path == "/api/auth/v1/session/"
        assert facts["request"].session.get("cart") is None


def test_a_receiver_that_fails_changes_no_answer(member, caplog):
    def fail(**kwargs):
        raise RuntimeError

    signals = (user_logged_in, user_login_failed, user_logged_out)
    for signal in signals:
        signal.connect(fail)
    try:
        wrong, right = member.sign_in("wrong"), member.sign_in()
        gone = member.send("DELETE auth/v1/session/")
    finally:
        for signal in signals:
            signal.disconnect(fail)

    statuses = [answer.status_code for answer in (wrong, right, gone)]
    assert statuses == [401, 201, 204]
    assert caplog.text.count("Error calling") == 3


def test_check_is_silent_once_the_project_has_decided(settings):
    def found(**given):
        settings.STARTERKIT_AUTH = given
        return [
            it
            for it in run_checks(tags=["starterkit"])
            if it.id == "starterkit_auth.W005"
        ]

    [message] = found()
    assert "axes.backends.AxesStandaloneBackend" in message.msg
    assert not found(ASK_BACKENDS=True)
    assert not found(ASK_BACKENDS=False)
