"""Sign-in and step-up of users whose password is not saved here."""

from http import HTTPStatus

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.backends import (
    AllowAllUsersModelBackend,
    BaseBackend,
    ModelBackend,
)
from django.contrib.auth.hashers import make_password
from django.core.checks import run_checks
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from starterkit_auth.models import EmailAddress
from starterkit_core.testing.plugin import PASSWORD

pytestmark = pytest.mark.django_db

SESSION = reverse("starterkit_auth:session")
STEP_UP = reverse("starterkit_auth:session-step-up")
CHANGE = reverse("starterkit_auth:password")


class Directory(BaseBackend):
    """It knows the accounts without a password here."""

    def authenticate(self, request, username=None, password=None):
        name = get_user_model().USERNAME_FIELD
        user = get_user_model()._base_manager.filter(**{name: username}).first()
        known = user and user.password[:1] in {"", "!"}
        return user if known and password == "of the directory" else None


class Generous(BaseBackend):
    """It accepts another user than the one with the address."""

    def authenticate(self, request, username=None, password=None):
        return get_user_model()._base_manager.order_by("pk").first()


class ByAddress(BaseBackend):
    """It checks the password that is saved here, as many projects do."""

    def authenticate(self, request, username=None, password=None):
        users = get_user_model()._base_manager.all()
        return next((user for user in users if user.check_password(password)), None)


class Forbidding(BaseBackend):
    def authenticate(self, request, **credentials):
        raise PermissionDenied


class Failing(BaseBackend):
    def authenticate(self, request, **credentials):
        raise ConnectionError


class Remote(BaseBackend):
    def authenticate(self, request, remote_user):
        raise AssertionError


class Silent(BaseBackend):
    """It only answers questions about permissions."""


class SameCheck(ModelBackend):
    """It has permissions of its own, and checks the password as Django does."""


class Banning(ModelBackend):
    """It checks the password as Django does, and decides who may sign in."""

    def user_can_authenticate(self, user):
        return False


class Broken(ModelBackend):
    def user_can_authenticate(self, user):
        raise ConnectionError


@pytest.fixture
def asking(settings, tune):
    """Let sign-in ask these backends: ``asking(Directory)``."""

    def change(*kinds):
        tune(ASK_BACKENDS=True)
        settings.AUTHENTICATION_BACKENDS = [
            f"{kind.__module__}.{kind.__qualname__}" for kind in kinds
        ]

    return change


@pytest.fixture(params=["", make_password(None)], ids=["empty", "unusable"])
def employee(request, member):
    """A user whose password is in the directory, as packages save it here."""
    member.password = request.param
    member.save()
    return member


def sign_in(api, user, password=PASSWORD):
    email = getattr(user, user.get_email_field_name())
    return api.post(SESSION, {"email": email, "password": password})


def test_the_directory_is_asked_for_whom_we_cannot_check(asking, api, employee):
    asking(ModelBackend, Remote, Silent, Directory)

    wrong = sign_in(api, employee, "wrong")
    right = sign_in(api, employee, "of the directory")

    assert wrong.json()["code"] == "invalid_credentials"
    assert right.status_code == HTTPStatus.CREATED


def test_an_address_that_was_proven_stays_proven(asking, api, employee):
    asking(ModelBackend, Directory)

    sign_in(api, employee, "of the directory")

    row = EmailAddress.objects.get(user_id=employee.pk)
    assert row.verified_at is not None


def test_need_not_prove_an_address_to_us(asking, api, make_user):
    employee = make_user()
    employee.set_unusable_password()
    employee.save()
    asking(ModelBackend, Directory)

    response = sign_in(api, employee, "of the directory")

    assert response.status_code == HTTPStatus.CREATED


def test_a_customer_must_still_prove_the_address(asking, api, make_user):
    asking(ModelBackend, Directory)

    assert sign_in(api, make_user()).json()["code"] == "email_unverified"


def test_a_backend_does_not_vouch_for_a_password_that_is_saved_here(
    asking, api, make_user
):
    """An attacker who signed up with the address of another person has one here."""
    stranger = make_user()
    asking(ByAddress, ModelBackend)

    own = sign_in(api, stranger)
    other = api.post(SESSION, {"email": "no@no.test", "password": PASSWORD})

    assert own.json()["code"] == "email_unverified"
    assert other.json()["code"] == "invalid_credentials"


@pytest.mark.parametrize("kind", [ModelBackend, SameCheck])
def test_a_password_that_is_saved_here_counts(asking, api, member, kind):
    asking(kind, Failing)

    assert sign_in(api, member).status_code == HTTPStatus.CREATED


def test_a_backend_decides_which_users_may_sign_in(asking, api, member):
    asking(Banning)

    assert sign_in(api, member).json()["code"] == "invalid_credentials"


def test_a_decision_that_fails_makes_no_server_error(asking, api, member):
    asking(Broken)
    api.raise_request_exception = False

    assert sign_in(api, member).status_code == HTTPStatus.SERVICE_UNAVAILABLE


def test_w005_a_backend_that_decides_who_may_sign_in_is_not_asked(settings):
    kinds = [Banning, AllowAllUsersModelBackend]
    settings.AUTHENTICATION_BACKENDS = [
        f"{kind.__module__}.{kind.__qualname__}" for kind in kinds
    ]

    [found] = [it for it in run_checks() if it.id == "starterkit_auth.W005"]

    assert "Banning" in found.msg
    assert "AllowAll" not in found.msg  # we refuse inactive users whatever it says


@pytest.mark.parametrize("known", [True, False])
def test_a_backend_can_forbid_that_others_are_asked(asking, api, member, known):
    asking(Forbidding, ModelBackend)

    email = getattr(member, member.get_email_field_name()) if known else "no@no.test"
    response = api.post(SESSION, {"email": email, "password": PASSWORD})

    assert response.status_code == HTTPStatus.UNAUTHORIZED
    assert response.json()["code"] == "invalid_credentials"


def test_a_backend_that_fails_makes_no_server_error(asking, api, employee, caplog):
    asking(ModelBackend, Failing)
    api.raise_request_exception = False

    response = sign_in(api, employee, "sesame")

    assert response.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert "auth.backend_failed: Failing, ConnectionError" in caplog.text
    assert "sesame" not in caplog.text


def test_no_backend_signs_in_to_the_account_of_another_user(asking, api, make_user):
    make_user()
    other = make_user()
    asking(Generous)

    assert sign_in(api, other).json()["code"] == "invalid_credentials"


def test_the_directory_proves_an_identity_again(asking, bearer, employee, open_for):
    asking(ModelBackend, Directory)
    client = bearer(open_for(employee).access_token)

    wrong = client.post(STEP_UP, {"password": "wrong"})
    right = client.post(STEP_UP, {"password": "of the directory"})

    assert wrong.json()["code"] == "wrong_password"
    assert right.status_code == HTTPStatus.OK


def test_the_directory_keeps_the_only_password(asking, bearer, employee, open_for):
    asking(ModelBackend, Directory)
    client = bearer(open_for(employee).access_token)

    response = client.put(CHANGE, {"new_password": "a password of their own"})

    assert response.json()["code"] == "no_password"


def test_e007_a_backend_that_does_not_exist(settings):
    settings.AUTHENTICATION_BACKENDS = ["shop.ldap.Backend"]

    found = [it for it in run_checks() if it.id == "starterkit_auth.E007"]

    assert "No module named 'shop'" in found[0].msg


def test_w005_is_silent_once_the_project_has_decided(asking, settings):
    def found():
        ids = {"starterkit_auth.W005"}
        return [it.msg for it in run_checks(tags=["starterkit"]) if it.id in ids]

    asking(ModelBackend, SameCheck, Silent, Directory)
    assert not found()

    settings.STARTERKIT_AUTH = {"ASK_BACKENDS": False}
    assert not found()

    settings.STARTERKIT_AUTH = {}
    [message] = found()
    assert f"['{Directory.__module__}.Directory']" in message
