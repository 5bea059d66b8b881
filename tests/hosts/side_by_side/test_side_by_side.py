import pytest
from django.core.checks import run_checks
from knox.models import AuthToken
from rest_framework.authtoken.models import Token
from rest_framework_simplejwt.tokens import AccessToken

from starterkit_core.testing.client import ApiClient
from starterkit_core.testing.plugin import PASSWORD

from .urls import FORMER

ME, SESSION = "/api/users/v1/me/", "/api/auth/v1/session/"
SECRETS = {
    "simplejwt": lambda user: f"Bearer {AccessToken.for_user(user)}",
    "token": lambda user: f"Token {Token.objects.create(user=user).key}",
    "bearer-token": lambda user: f"Bearer {Token.objects.create(user=user).key}",
    "knox": lambda user: f"Bearer {AuthToken.objects.create(user=user)[1]}",
}
BEARERS = ["simplejwt", "bearer-token", "knox"]
NEED_A_SESSION = {
    "PUT auth/v1/password/": {
        "current_password": PASSWORD,
        "new_password": f"{PASSWORD} 2",
    },
    "POST auth/v1/session/step-up/": {"password": PASSWORD},
    "POST auth/v1/email/change/": {"email": "new@example.com"},
}
OURS = "starterkit_auth.authentication.SessionAuthentication"


def named(name):
    return f"{FORMER[name].__module__}.{FORMER[name].__qualname__}"


ORDERS = {
    "theirs first": lambda name: [named(name), OURS],
    "ours first": lambda name: [OURS, named(name)],
    "theirs alone": lambda name: [named(name)],
}


@pytest.fixture(params=ORDERS)
def listed(request, settings):
    """Let the project list its class and ours: ``listed(name)``."""

    def change(name):
        given = settings.REST_FRAMEWORK
        classes = ORDERS[request.param](name)
        settings.REST_FRAMEWORK = {**given, "DEFAULT_AUTHENTICATION_CLASSES": classes}

    return change


def headers(response):
    names = ("WWW-Authenticate", "Allow", "Content-Type")
    return {name: response.get(name) for name in names}


@pytest.mark.parametrize("name", FORMER)
def test_our_tokens_pass_our_endpoints_in_any_order(listed, person, name):
    listed(name)

    wrong = person.walk()

    assert wrong == ""


@pytest.mark.parametrize("name", SECRETS)
def test_a_former_credential_passes_our_endpoints(listed, user, api, name):
    listed(name)
    secret = SECRETS[name](user)

    me = api.get(ME, HTTP_AUTHORIZATION=secret)
    session = api.get(SESSION, HTTP_AUTHORIZATION=secret)

    assert (me.status_code, me.json()["id"]) == (200, str(user.pk))
    assert (session.status_code, session.json()["session"]) == (200, None)


@pytest.mark.parametrize("name", SECRETS)
@pytest.mark.parametrize("asked", NEED_A_SESSION)
def test_says_that_it_needs_a_session(listed, user, person, name, asked):
    listed(name)
    secret = SECRETS[name](user)

    answer = person.send(asked, NEED_A_SESSION[asked], HTTP_AUTHORIZATION=secret)

    assert (answer.status_code, answer.json()["code"]) == (403, "session_required")


@pytest.mark.parametrize("name", FORMER)
@pytest.mark.parametrize("where", ["", "public/"])
@pytest.mark.parametrize(
    "header",
    [None, "", "Bearer", "Bearer x", "Bearer eyJhbGciOiJub25lIn0.e30.", "Token x", "é"],
)
def test_views_of_the_project_refuse_as_before(db, api, name, where, header):
    given = {} if header is None else {"HTTP_AUTHORIZATION": header}

    before = api.get(f"/before/{name}/{where}", **given)
    after = api.get(f"/after/{name}/{where}", **given)

    assert after.status_code == before.status_code
    assert after.content == before.content
    assert headers(after) == headers(before)


@pytest.mark.parametrize("name", SECRETS)
@pytest.mark.parametrize("where", ["", "public/"])
def test_views_of_the_project_take_both_credentials(user, person, name, where):
    person.sign_up()
    person.confirm()
    former = {"HTTP_AUTHORIZATION": SECRETS[name](user)}

    theirs = ApiClient().get(f"/after/{name}/{where}", **former)
    ours = person.client.get(f"/after/{name}/{where}")

    assert theirs.json() == {"user": str(user.pk)}
    assert ours.json() == {"user": person.read_me().json()["id"]}


@pytest.mark.parametrize("name", FORMER)
@pytest.mark.parametrize("where", ["", "public/"])
def test_a_dead_token_of_ours_goes_to_no_other_class(person, name, where):
    person.sign_up()
    person.confirm()
    person.send("DELETE auth/v1/session/")

    answer = person.client.get(f"/after/{name}/{where}")

    assert answer.status_code == 401
    assert answer.json() == {"detail": "Please sign in again."}
    assert answer["WWW-Authenticate"] == 'Bearer error="invalid_token"'


@pytest.mark.parametrize("name", FORMER)
def test_an_unknown_token_is_refused_by_our_endpoints(listed, db, api, name):
    listed(name)

    for secret in ("Bearer ska_" + "A" * 96, "Bearer x", "Token x"):
        answer = api.get(ME, HTTP_AUTHORIZATION=secret)
        assert answer.status_code == 401
        assert answer["Content-Type"] == "application/problem+json"


def test_a_public_view_takes_a_foreign_token_for_no_credential(db, api):
    answer = api.get("/ours/public/", HTTP_AUTHORIZATION="Bearer eyJ.e30.x")

    assert answer.json() == {"user": "None"}


@pytest.fixture
def browser(person):
    """A person who signed in with our cookie, from a page of the API's own origin."""
    person.sign_up()
    person.client.credentials(HTTP_SEC_FETCH_SITE="same-origin")
    token = person.registration_token
    body = {"registration_token": token, "code": person.code}
    body["client"] = {"transport": "cookie"}
    person.send("POST auth/v1/registration/confirmation/", body)
    return person.client


@pytest.mark.parametrize("name", BEARERS)
def test_a_former_bearer_token_beside_our_cookie_is_not_ours(browser, user, name):
    """The former front end sends its token; the browser adds the cookie to it."""
    secret = {"HTTP_AUTHORIZATION": SECRETS[name](user)}

    view = browser.get(f"/after/{name}/", **secret)

    assert view.json() == {"user": str(user.pk)}


@pytest.mark.parametrize("name", BEARERS)
def test_a_broken_one_never_falls_back_to_our_cookie(settings, browser, name):
    given, classes = settings.REST_FRAMEWORK, ORDERS["ours first"](name)
    settings.REST_FRAMEWORK = {**given, "DEFAULT_AUTHENTICATION_CLASSES": classes}
    broken = {"HTTP_AUTHORIZATION": "Bearer broken"}

    assert browser.get(ME).status_code == 200
    assert browser.get(ME, **broken).status_code == 401
    assert browser.get(f"/after/{name}/", **broken).status_code == 401
    assert browser.get("/ours/public/", **broken).json() == {"user": "None"}
    assert browser.delete(SESSION, **broken).status_code == 400


def test_our_exception_handler_says_401_whatever_class_is_first(db, api):
    answer = api.get("/problem/")

    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")
    assert answer["WWW-Authenticate"] == "Bearer"


def test_check_says_that_ours_belongs_first(settings):
    given = settings.REST_FRAMEWORK

    def found(*classes):
        settings.REST_FRAMEWORK = {**given, "DEFAULT_AUTHENTICATION_CLASSES": classes}
        return [
            it
            for it in run_checks(tags=["starterkit"])
            if it.id == "starterkit_auth.W004"
        ]

    [message] = found(named("simplejwt"), OURS)
    assert f"[{OURS!r}, {named('simplejwt')!r}]" in message.hint
    assert not found(OURS, named("simplejwt"))
    assert not found(named("simplejwt"))


def test_check_says_that_the_jwts_of_a_url_open_nothing(settings):
    given = settings.REST_FRAMEWORK

    def found(*classes):
        settings.REST_FRAMEWORK = {**given, "DEFAULT_AUTHENTICATION_CLASSES": classes}
        messages = run_checks(tags=["starterkit"])
        return [it for it in messages if "rest_framework_simplejwt is" in it.msg]

    [message] = found(OURS)
    assert message.id == "starterkit_core.W016"
    assert not found(OURS, named("simplejwt"))
