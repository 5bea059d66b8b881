"""Who asked to be deleted opens no session of Django; the API takes it back."""

import pytest
from django.contrib.auth import authenticate, get_user_model
from django.test import Client
from django.urls import reverse

from starterkit_auth.backends import refusal_of
from starterkit_core.models import AuditEvent
from starterkit_core.testing.plugin import PASSWORD
from starterkit_users.errors import DeletionScheduled
from starterkit_users.models import Status
from starterkit_users.services.lifecycle import has_status

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not has_status(), reason="accounts here have no state"),
]

LOGIN = reverse("admin:login")


@pytest.fixture(autouse=True)
def _limited(settings):
    settings.AUTHENTICATION_BACKENDS = [
        "starterkit_auth.backends.LimitedBackend",
        "django.contrib.auth.backends.ModelBackend",
    ]


def sign_in(user, password=PASSWORD):
    """Return a browser after it has sent the form of the administration."""
    browser = Client()
    browser.post(LOGIN, {"username": user.get_username(), "password": password})
    return browser


def test_an_account_that_will_be_deleted_opens_no_session_of_django(make_user):
    leaver = make_user(is_staff=True, status=Status.DELETION_SCHEDULED)

    browser = sign_in(leaver)

    assert "_auth_user_id" not in browser.session
    assert browser.get(reverse("admin:index")).status_code == 302
    [event] = AuditEvent.objects.filter(action="auth.sign_in_refused")
    assert event.facts["reason"] == DeletionScheduled.code


def test_only_the_right_password_says_so(make_user, rf):
    leaver = make_user(status=Status.DELETION_SCHEDULED)
    right, wrong = rf.post(LOGIN), rf.post(LOGIN)

    for request, password in ((right, PASSWORD), (wrong, "wrong")):
        name = leaver.get_username()
        assert authenticate(request, username=name, password=password) is None

    assert isinstance(refusal_of(right), DeletionScheduled)
    assert refusal_of(wrong) is None


@pytest.mark.parametrize("status", [Status.ACTIVE, Status.DEACTIVATED])
def test_a_user_who_may_come_back_by_signing_in_does(make_user, status):
    user = make_user(is_staff=True, status=status)

    browser = sign_in(user)

    assert browser.session["_auth_user_id"] == str(user.pk)
    assert get_user_model().objects.get(pk=user.pk).status == Status.ACTIVE


def test_after_the_deletion_was_taken_back_pages_open_again(make_user, client_of):
    leaver = make_user(is_staff=True, status=Status.DELETION_SCHEDULED)

    answer = client_of(leaver).post(reverse("starterkit_users:me-restoration"))

    assert answer.status_code == 200
    assert "_auth_user_id" in sign_in(leaver).session
