"""Every door that checks a password has the limits of the API's sign-in (C127)."""

from http import HTTPStatus

import pytest
from asgiref.sync import async_to_sync
from django.contrib import admin
from django.contrib.auth import aauthenticate, authenticate, get_user_model
from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.contrib.auth.views import LoginView, PasswordChangeView
from django.core.cache.backends.locmem import LocMemCache
from django.core.checks import run_checks
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import include, path, reverse
from django.utils.translation import override

from starterkit_auth.admin import AdminSignInForm, limit_passwords
from starterkit_auth.backends import LimitedBackend
from starterkit_auth.forms import ChangePasswordForm, SignInForm
from starterkit_auth.models import session_model
from starterkit_auth.services import sessions, user_addresses
from starterkit_auth.services.usernames import limit_key
from starterkit_core.models import AuditEvent
from starterkit_core.testing.client import ApiClient
from starterkit_core.testing.hashers import CountingHasher
from starterkit_core.testing.plugin import PASSWORD

pytestmark = pytest.mark.django_db

AUTH = "starterkit_auth"
API = reverse(f"{AUTH}:session")
WRONG = "this is not the password"
TOO_MANY = "Too many attempts. Please wait and try again."


class OwnSite(admin.AdminSite):
    login_form = AdminSignInForm


site = OwnSite(name="own")
limit_passwords(site)

urlpatterns = [
    path("admin/", site.urls),
    path("standard/", admin.site.urls),
    path(
        "password/",
        PasswordChangeView.as_view(
            form_class=ChangePasswordForm, success_url="/", template_name="none.html"
        ),
    ),
    path("plain/", admin.AdminSite(name="plain").urls),
    path(
        "login/",
        LoginView.as_view(
            authentication_form=SignInForm, template_name="rest_framework/login.html"
        ),
    ),
    path("browsable/", include("rest_framework.urls")),
    path("api/", include("starterkit_core.urls")),
]


class Vault(BaseBackend):
    """It accepts every password of anybody."""

    def authenticate(self, request, username=None, password=None):
        raise AssertionError("A later backend was asked.")


class Directory(BaseBackend):
    """It knows the password of one user, whose name is not saved there."""

    def authenticate(self, request, username=None, password=None):
        users = get_user_model()._base_manager
        is_right = password == "of the directory"
        return users.filter(is_staff=True).first() if is_right else None

    def get_user(self, user_id):
        return get_user_model()._base_manager.filter(pk=user_id).first()


class OwnBackend(LimitedBackend):
    """A backend of a host that builds on ours."""

    def authenticate(self, request, username=None, password=None, **kwargs):
        return super().authenticate(request, username, password, **kwargs)


class DeadCache(LocMemCache):
    """A cache that cannot be reached."""

    def get_many(self, *args, **kwargs):
        raise ConnectionError


def name_of(kind):
    return f"{kind.__module__}.{kind.__qualname__}"


@pytest.fixture(autouse=True)
def switched_on(settings):
    settings.ROOT_URLCONF = __name__
    settings.AUTHENTICATION_BACKENDS = [name_of(LimitedBackend)]


@pytest.fixture
def staff(make_user):
    """A superuser, who may use the admin."""
    return make_user(is_staff=True, is_superuser=True)


def enter(door, username, password=WRONG, **meta):
    """Return the answer of a page to sign in to."""
    return Client().post(door, {"username": username, "password": password}, **meta)


def by_api(user, password=WRONG):
    email = user_addresses.address_of(user)
    return ApiClient().post(API, {"email": email, "password": password})


def events(action):
    return [*AuditEvent.objects.filter(action=action).order_by("pk")]


DOORS = ["/admin/login/", "/plain/login/", "/login/", "/browsable/login/"]


@pytest.mark.parametrize("door", DOORS)
def test_the_eleventh_password_is_not_judged(door, staff):
    for _ in range(20):
        enter(door, staff.get_username())

    right = enter(door, staff.get_username(), PASSWORD)

    assert right.status_code == HTTPStatus.OK  # the form again
    assert not right.wsgi_request.user.is_authenticated
    assert len(events("auth.sign_in_refused")) == 10


@pytest.mark.parametrize("door", DOORS[:1] + DOORS[2:])
def test_the_right_password_opens(door, staff):
    enter(door, staff.get_username())

    answer = enter(door, staff.get_username(), PASSWORD)

    assert answer.status_code == HTTPStatus.FOUND
    assert answer.wsgi_request.user == staff


@pytest.mark.needs_address
def test_another_door_gives_no_further_attempt(staff):
    for _ in range(5):
        assert by_api(staff).status_code == HTTPStatus.UNAUTHORIZED
        enter("/admin/login/", staff.get_username())

    assert by_api(staff, PASSWORD).status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert TOO_MANY in enter("/admin/login/", staff.get_username(), PASSWORD).text


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("door", ["/admin/login/", "/login/"])
def test_the_page_says_that_there_were_too_many_attempts(door, staff, known):
    name = staff.get_username() if known else "nobody@example.com"

    answers = [enter(door, name) for _ in range(11)]

    assert [TOO_MANY in answer.text for answer in answers] == [False] * 10 + [True]
    assert {answer.status_code for answer in answers} == {HTTPStatus.OK}
    with override("pt-br"):
        answer = enter(door, name, HTTP_ACCEPT_LANGUAGE="pt-br")
    assert "Muitas tentativas" in answer.text


def test_a_site_without_a_form_of_its_own_gets_ours():
    assert admin.site.login_form is AdminSignInForm


def test_a_network_is_limited_whatever_the_names(settings):
    settings.STARTERKIT_AUTH = {"SIGN_IN_NETWORK_LIMIT": "3/15m"}

    answers = [enter("/admin/login/", f"name{number}") for number in range(4)]

    assert [TOO_MANY in answer.text for answer in answers] == [False] * 3 + [True]


def test_a_success_starts_the_count_of_its_account_anew(staff, settings):
    settings.STARTERKIT_AUTH = {"SIGN_IN_ACCOUNT_LIMIT": "2/1h"}
    for _ in range(3):
        enter("/admin/login/", staff.get_username())
        right = enter("/admin/login/", staff.get_username(), PASSWORD)

        assert right.status_code == HTTPStatus.FOUND


def test_a_success_without_a_session_does_not_count(staff, tune):
    """DRF's ``BasicAuthentication`` asks the backends at each request."""
    limits = ("ACCOUNT", "FAILURE", "NETWORK", "GLOBAL")
    tune(**{f"SIGN_IN_{limit}_LIMIT": "3/15m" for limit in limits})
    name = staff.get_username()

    users = [authenticate(None, username=name, password=PASSWORD) for _ in range(12)]

    assert users == [staff] * 12


@pytest.mark.parametrize("password", ["right", "wrong"])
def test_no_later_backend_is_asked_beyond_the_limit(staff, settings, password):
    for _ in range(10):
        enter("/admin/login/", staff.get_username())
    settings.AUTHENTICATION_BACKENDS = [name_of(LimitedBackend), name_of(Vault)]
    given = PASSWORD if password == "right" else WRONG

    answer = enter("/admin/login/", staff.get_username(), given)

    assert TOO_MANY in answer.text


def test_a_later_backend_that_accepts_gives_the_attempt_back(staff, settings, tune):
    settings.AUTHENTICATION_BACKENDS = [name_of(LimitedBackend), name_of(Directory)]
    tune(SIGN_IN_FAILURE_LIMIT="5/1d")
    name = staff.get_username()

    right = [enter("/login/", name, "of the directory") for _ in range(12)]
    wrong = [enter("/login/", name) for _ in range(5)]
    locked = enter("/login/", name, "of the directory")

    assert {answer.status_code for answer in right} == {HTTPStatus.FOUND}
    assert {answer.status_code for answer in wrong} == {HTTPStatus.OK}
    assert TOO_MANY in locked.text
    assert len(events("auth.signed_in")) == 12


def test_another_spelling_of_a_name_gives_no_further_attempt(make_user):
    """Some databases and managers find users without regard to case."""
    user = make_user()
    setattr(user, user.get_email_field_name(), "")

    keys = {limit_key(user, name) for name in ("ada", "ADA", user.get_username())}

    assert len(keys) == 1


@pytest.mark.needs_address
@pytest.mark.parametrize("limited", [False, True])
def test_known_and_unknown_names_cost_the_same_statements(staff, limited):
    def statements(name):
        for _ in range(10 if limited else 0):
            enter("/login/", name)
        with CaptureQueriesContext(connection) as queries:
            enter("/login/", name)
        return len(queries)

    assert statements(staff.get_username()) == statements("nobody@example.com")


def test_its_owner_sees_the_sign_in_to_the_admin(staff, open_for, bearer):
    enter("/admin/login/", staff.get_username(), PASSWORD)

    listed = bearer(open_for(staff).access_token).get(reverse(f"{AUTH}:events"))

    assert [it["action"] for it in listed.json()["results"]] == ["auth.signed_in"]


def test_an_asynchronous_door_is_limited_too(staff):
    name = staff.get_username()
    for _ in range(10):
        async_to_sync(aauthenticate)(None, username=name, password=WRONG)

    user = async_to_sync(aauthenticate)(None, username=name, password=PASSWORD)

    assert user is None


@pytest.mark.parametrize("case", ["unknown", "wrong", "inactive", "unusable"])
def test_every_refusal_costs_one_hash_and_is_recorded(staff, settings, case):
    settings.PASSWORD_HASHERS = [name_of(CountingHasher)]
    staff.set_password(PASSWORD)
    staff.is_active = case != "inactive"
    if case == "unusable":
        staff.set_unusable_password()
    staff.save()
    name = "nobody@example.com" if case == "unknown" else staff.get_username()
    before = len(CountingHasher.computed)

    answer = enter("/admin/login/", name, WRONG if case == "wrong" else PASSWORD)

    [event] = events("auth.sign_in_refused")
    reason = "wrong" if case == "unusable" else case
    assert answer.status_code == HTTPStatus.OK
    assert len(CountingHasher.computed) == before + 1
    assert event.facts == {"reason": reason, "method": "password", "door": "django"}
    assert event.subject_id == ("" if case == "unknown" else str(staff.pk))


def test_a_sign_in_is_recorded_once(staff, received):
    came, failed = received(user_logged_in), received(user_login_failed)

    enter("/admin/login/", staff.get_username())
    enter("/admin/login/", staff.get_username(), PASSWORD)

    [event] = events("auth.signed_in")
    assert event.actor_id == str(staff.pk)
    assert event.facts == {"method": "password", "door": "django"}
    assert (len(came), len(failed)) == (1, 1)
    assert WRONG not in str(failed[0]["credentials"])


@pytest.mark.needs_address
@pytest.mark.parametrize("asking", [True, False])
@pytest.mark.parametrize("kind", [LimitedBackend, OwnBackend])
def test_our_own_sign_in_counts_once(member, settings, tune, asking, kind):
    settings.AUTHENTICATION_BACKENDS = [name_of(kind)]
    tune(ASK_BACKENDS=asking, SIGN_IN_ACCOUNT_LIMIT="4/15m")

    answers = [by_api(member).status_code for _ in range(5)]

    assert answers == [401] * 4 + [429]
    assert len(events("auth.sign_in_refused")) == 4


@pytest.mark.needs_address
@pytest.mark.parametrize("kind", [LimitedBackend, OwnBackend])
def test_our_own_sign_in_is_recorded_once(member, settings, tune, kind):
    settings.AUTHENTICATION_BACKENDS = [name_of(kind)]
    tune(ASK_BACKENDS=True)

    assert by_api(member, PASSWORD).status_code == HTTPStatus.CREATED

    [event] = events("auth.signed_in")
    assert event.facts["session"]


@pytest.mark.parametrize("door", DOORS)
def test_without_the_cache_no_password_is_judged_and_no_page_fails(
    door, staff, settings
):
    settings.CACHES = {"default": {"BACKEND": name_of(DeadCache)}}

    answer = enter(door, staff.get_username(), PASSWORD)

    assert answer.status_code == HTTPStatus.OK
    assert not answer.wsgi_request.user.is_authenticated
    if door in {"/admin/login/", "/login/"}:
        assert "not available right now" in answer.text


@pytest.mark.parametrize("name", ["\x00", "\ud800", "x" * 10_000, ""])
def test_no_name_is_an_error(name):
    assert authenticate(None, username=name, password=WRONG) is None


def test_a_rehash_ends_no_session_of_ours(staff, open_for, settings):
    """Django's own backend would: a session knows the hash of the password."""
    opened = open_for(staff)
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
        "django.contrib.auth.hashers.MD5PasswordHasher",
    ]

    enter("/admin/login/", staff.get_username(), PASSWORD)

    session = session_model().objects.get(pk=opened.session.pk)
    assert session.auth_hash == sessions.password_version(session.user.password)


@pytest.mark.django_db(transaction=True)
def test_sixteen_at_once_at_two_doors_get_no_more_than_the_limit(
    at_once, member, settings
):
    settings.STARTERKIT_AUTH = {"SIGN_IN_ACCOUNT_LIMIT": "5/1h", "HASHES_AT_ONCE": 16}

    def call(number):
        if number % 2:
            by_api(member)
        else:
            enter("/admin/login/", member.get_username())

    at_once(16, call)

    assert len(events("auth.sign_in_refused")) == 5


def found(*kinds, settings):
    settings.AUTHENTICATION_BACKENDS = [*map(name_of, kinds)]
    ran = run_checks(include_deployment_checks=True)
    return [it.msg for it in ran if it.id == "starterkit_auth.W034"]


def test_w034_a_door_without_limits(settings):
    settings.AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]

    [it] = [
        it
        for it in run_checks(include_deployment_checks=True)
        if it.id == "starterkit_auth.W034"
    ]

    doors = "/admin/, /browsable/login/, /login/, /plain/, /standard/"
    assert it.msg == f"Any number of passwords can be tried at {doors}."
    assert "LimitedBackend" in it.hint


def test_w034_is_silent_with_limits_or_without_doors(settings):
    assert found(LimitedBackend, settings=settings) == []
    assert found(OwnBackend, settings=settings) == []
    settings.ROOT_URLCONF = "starterkit_core.urls"
    assert found(BaseBackend, settings=settings) == []


def change_password(door, user, former=WRONG):
    """Return the answer of a page to change a password, to a signed-in user."""
    client = Client()
    client.force_login(user)
    new = "a rose is a rose is a"
    body = {"old_password": former, "new_password1": new, "new_password2": new}
    return client.post(door, body)


PAGES = ["/admin/password_change/", "/standard/password_change/"]


@pytest.mark.parametrize("door", PAGES)
def test_a_page_to_change_a_password_judges_no_eleventh(door, staff):
    wrong = [change_password(door, staff) for _ in range(11)]

    right = change_password(door, staff, PASSWORD)

    assert TOO_MANY not in wrong[9].text
    assert TOO_MANY in wrong[10].text
    assert TOO_MANY in right.text
    assert len(events("auth.password_change_refused")) == 10
    assert type(staff)._base_manager.get(pk=staff.pk).check_password(PASSWORD)


@pytest.mark.parametrize("door", [*PAGES, "/password/"])
def test_a_page_to_change_a_password_takes_the_right_one(door, staff):
    response = change_password(door, staff, PASSWORD)

    assert response.status_code == HTTPStatus.FOUND
    assert not type(staff)._base_manager.get(pk=staff.pk).check_password(PASSWORD)


@pytest.mark.needs_address
def test_a_former_password_that_was_wrong_counts_as_a_sign_in(staff):
    for _ in range(10):
        change_password(PAGES[0], staff)

    assert by_api(staff, PASSWORD).status_code == HTTPStatus.TOO_MANY_REQUESTS


def test_strangers_do_not_keep_a_user_from_changing_the_password(staff):
    for _ in range(11):
        by_api(staff)

    response = change_password(PAGES[0], staff, PASSWORD)

    assert response.status_code == HTTPStatus.FOUND
