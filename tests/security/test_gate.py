"""The gate of the terms: what stays open, and that it costs no query, for each way in.

Ways in are a token and a cookie of ours, Django's session as a host takes it, and an
administrator who acts as the user.
"""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import include, path
from rest_framework.authentication import SessionAuthentication as DjangosAuthentication
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from starterkit_auth.authentication import SessionAuthentication as OurAuthentication
from starterkit_core.http.endpoints import Access
from starterkit_core.permissions import PassesAccessGates
from starterkit_core.ports import access_gates
from starterkit_core.testing.client import ApiClient
from starterkit_terms.conftest import accepting
from starterkit_terms.models import version_model
from starterkit_terms.services import epochs
from starterkit_terms.use_cases.publish_document import (
    DraftText,
    PublishDocument,
    PublishDocumentInput,
)
from tests.documented import operations
from tests.security.attacks import AUTH, TERMS, USERS, example, named, send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_limits", "host")]

CODE = "terms_acceptance_required"

OPEN = {
    "starterkit_auth.v1.password.put": "a password that others know",
    "starterkit_auth.v1.session.delete": "sign out",
    "starterkit_auth.v1.session.get": "read which gates are closed",
    "starterkit_auth.v1.session.step_up.post": "before a deletion and an export",
    "starterkit_auth.v1.sessions.delete": "sign out elsewhere",
    "starterkit_auth.v1.sessions.session_id.delete": "sign out elsewhere",
    "starterkit_users.v1.me.delete": "leave",
    "starterkit_users.v1.me.exports.export_id.download.post": "take the data",
    "starterkit_users.v1.me.exports.export_id.get": "take the data",
    "starterkit_users.v1.me.exports.get": "take the data",
    "starterkit_users.v1.me.exports.post": "take the data",
    "starterkit_users.v1.me.get": "read the account",
    "starterkit_users.v1.me.preferences.get": "read the account",
    "starterkit_users.v1.me.restoration.post": "stay after all",
}
"""What is open to a signed-in user besides the terms and what needs no user."""

WAYS = ["bearer", "cookie", "django", "impersonation"]


class OrdersView(APIView):
    """A view of the host behind the gate."""

    authentication_classes = (OurAuthentication, DjangosAuthentication)
    permission_classes = (IsAuthenticated, PassesAccessGates)

    def get(self, request):
        return Response({})


urlpatterns = [
    path("orders/", OrdersView.as_view()),
    path("", include("starterkit_core.health.urls")),
    path("api/", include("starterkit_core.urls")),
]


@pytest.fixture
def host(settings):
    settings.ROOT_URLCONF = __name__
    ours = "starterkit_auth.authentication.SessionAuthentication"
    django = "rest_framework.authentication.SessionAuthentication"
    settings.REST_FRAMEWORK = {
        **settings.REST_FRAMEWORK,
        "DEFAULT_AUTHENTICATION_CLASSES": [ours, django],
    }


@pytest.fixture
def terms():
    """A mandatory document that no user has accepted."""
    return publish("terms")


def publish(key, label="1"):
    text = DraftText(locale="en", title="Terms", source=f"Be kind. {label}")
    return PublishDocument.execute(
        PublishDocumentInput(key=key, texts=[text], label=label)
    )


@pytest.fixture
def enter(open_for, make_member):
    """Return a client that is ``user`` in one of the ways."""

    def enter(user, way):
        if way in {"bearer", "cookie"}:
            return open_for(user, way).caller
        if way == "django":
            client = ApiClient()
            client.force_login(user)
            return client
        return impersonator_of(user)

    def impersonator_of(user):
        chief = make_member(is_superuser=True)
        caller = open_for(chief).caller
        accept(caller)
        url = f"{USERS}users/{user.pk}/impersonation/"
        token = caller.post(url, {"reason": "Ticket 7"}).json()["access_token"]
        client = ApiClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
        return client

    return enter


def accept(client):
    pending = client.get(f"{TERMS}pending/").json()["results"]
    names = ("version", "content_hash")
    body = {"acceptances": [{name: row[name] for name in names} for row in pending]}
    if pending:
        assert client.post(f"{TERMS}acceptances/", body).status_code == 201


@pytest.mark.parametrize(
    "operation",
    [it for it in operations() if it.view.access in {Access.SIGNED_IN, Access.GATED}],
    ids=named,
)
@pytest.mark.usefixtures("terms")
def test_a_user_who_has_to_accept_can_do_what_is_listed_and_no_more(
    enter, make_member, operation
):
    is_open = operation.key in OPEN or operation.key.startswith("starterkit_terms.")
    body = example(operation) if operation.view.request_class else None

    for way in WAYS[:3]:
        answer = send(enter(make_member(), way), operation, body)

        code = answer.json().get("code", "") if answer.content else ""
        assert (code == CODE) is not is_open, (way, code)
        assert is_open or answer.status_code == 403


def test_the_list_has_endpoints_only_that_there_are():
    assert OPEN.keys() <= {operation.key for operation in operations()}


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/api/schema/"])
@pytest.mark.usefixtures("terms")
def test_health_and_schema_stay_open(enter, make_member, path):
    status = enter(make_member(), "bearer").get(path).status_code

    assert status in {200, 503}  # a test has no worker and one connection


@pytest.mark.usefixtures("terms")
def test_a_refresh_stays_open(open_for, make_member):
    assert open_for(make_member()).renews


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("url", ["/orders/", f"{AUTH}events/"])
@pytest.mark.usefixtures("terms", "steady_epochs")
def test_the_gate_adds_no_query(enter, member, monkeypatch, way, url):
    accept(enter(member, "bearer"))
    client = enter(member, way)
    client.get(url)  # the last of what is kept once

    behind = queries_of(client, url)
    monkeypatch.setattr(access_gates, "_gates", {})
    without = queries_of(client, url)

    assert behind == without


def queries_of(client, url):
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return [query["sql"].split(" WHERE ")[0] for query in queries]


@pytest.fixture
def steady_epochs(monkeypatch):
    monkeypatch.setattr(epochs.known(), "seconds", 3_600)


@pytest.mark.parametrize("way", WAYS)
def test_a_new_version_closes_it_and_nothing_but_accepting_opens_it(
    enter, make_member, terms, way
):
    user = make_member()
    accept(enter(user, "bearer"))
    client = enter(user, way)
    assert client.get("/orders/").status_code == 200

    publish("terms", label="2")
    former = version_model().objects.get(number=1)

    headers = {
        "X-Terms-Accepted": "true",
        "X-HTTP-Method-Override": "OPTIONS",
        "X-Forwarded-Uri": f"{TERMS}pending/",
    }
    assert client.get("/orders/", headers=headers).json()["code"] == CODE
    assert client.get("/orders/?gated=false&accepted=1").json()["code"] == CODE
    body = {"acceptances": [accepting(former)]}
    assert enter(user, "bearer").post(f"{TERMS}acceptances/", body).status_code == 409
    assert client.get("/orders/").json()["code"] == CODE
    if way != "impersonation":
        accept(enter(user, "bearer"))
        assert client.get("/orders/").status_code == 200


def test_an_impersonator_accepts_for_no_user(enter, make_member, terms):
    user = make_member()
    client = enter(user, "impersonation")

    answer = client.post(f"{TERMS}acceptances/", {"acceptances": [accepting(terms)]})

    assert answer.json()["code"] == "not_while_impersonating"
    assert client.get("/orders/").json()["code"] == CODE
