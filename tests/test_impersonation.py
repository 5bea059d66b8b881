"""An administrator acts as a user: for a short time, for little, and on the record."""

import io
import json
import logging
import re
from datetime import timedelta
from http import HTTPStatus
from types import SimpleNamespace

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.urls import path
from django.utils import timezone
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from starterkit_auth.authentication import SessionAuthentication
from starterkit_auth.conftest import open_session
from starterkit_auth.models import Impersonation, session_model
from starterkit_auth.permissions import StepUp
from starterkit_auth.services import addresses
from starterkit_core.db.databases import rows_of
from starterkit_core.http.endpoints import EndpointView
from starterkit_core.models import AuditEvent
from starterkit_core.observability.logs import JSONFormatter
from starterkit_core.permissions import IsNotImpersonated
from starterkit_core.ports import personal_data
from starterkit_core.testing.client import ApiClient
from tests.processes import ROOT

AUTH, USERS, TERMS = "/api/auth/v1/", "/api/users/v1/", "/api/terms/v1/"
REASON = {"reason": "Ticket 4711"}

pytestmark = pytest.mark.django_db


def caller(token):
    client = ApiClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client


def url_of(user):
    return f"{USERS}users/{user.pk}/impersonation/"


def give(user, *codenames):
    model = get_user_model()._meta.model_name
    names = [f"{name}_{model}" for name in codenames]
    user.user_permissions.add(*rows_of(Permission).filter(codename__in=names))


@pytest.fixture
def member(make_user):
    user = make_user()
    addresses.assign(user, addresses.mailbox_of(user), verified=True)
    return user


@pytest.fixture
def helper(make_user):
    """One of the support, who may impersonate users."""
    user = make_user()
    give(user, "impersonate", "view")
    return user


@pytest.fixture
def session(helper):
    return open_session(helper)


@pytest.fixture
def desk(session):
    """The support, signed in."""
    return caller(session.access_token)


@pytest.fixture
def begin(desk, member):
    return lambda: desk.post(url_of(member), REASON)


@pytest.fixture
def acting(begin):
    """The support acting as the member."""
    return caller(begin().json()["access_token"])


def code_of(response):
    return (response.status_code, response.json().get("code"))


def test_acts_as_the_user(begin, member, helper):
    begun = begin()

    assert begun.status_code == HTTPStatus.CREATED
    assert begun.json()["user"]["id"] == str(member.pk)
    assert begun.json()["token_type"] == "Bearer"
    assert begun.json()["expires_in"] in range(1_790, 1_801)
    assert "refresh_token" not in begun.json()
    account = caller(begun.json()["access_token"]).get(f"{USERS}me/")
    assert account.json()["id"] == str(member.pk)


def test_every_answer_says_who_acts(acting, helper, desk):
    answers = [
        acting.get(f"{USERS}me/"),
        acting.get(f"{USERS}users/"),
        acting.patch(f"{USERS}me/", {"first_name": 7}),
        acting.delete(f"{AUTH}sessions/"),
    ]

    assert [answer["Impersonated-By"] for answer in answers] == [str(helper.pk)] * 4
    assert "Impersonated-By" not in desk.get(f"{USERS}users/")


def test_the_session_says_who_acts(acting, helper, desk):
    shown = acting.get(f"{AUTH}session/").json()

    assert shown["act"] == {"sub": str(helper.pk)}
    assert shown["session"] is None
    assert desk.get(f"{AUTH}session/").json()["act"] is None


def test_the_user_has_no_session_and_no_sign_in_by_it(begin, member):
    before = get_user_model().objects.get(pk=member.pk).last_login

    acting = caller(begin().json()["access_token"])
    acting.get(f"{USERS}me/")

    assert get_user_model().objects.get(pk=member.pk).last_login == before
    assert not session_model().objects.filter(user=member).exists()
    own = open_session(member)
    listed = caller(own.access_token).get(f"{AUTH}sessions/").json()["results"]
    assert [row["id"] for row in listed] == [str(own.session.pk)]


def test_it_cannot_be_renewed(begin):
    token = begin().json()["access_token"]

    answers = [
        ApiClient().post(f"{AUTH}session/refresh/", {"refresh_token": text})
        for text in (token, token.replace("ski_", "skr_"))
    ]

    assert {code_of(answer) for answer in answers} == {(401, "invalid_refresh_token")}


def test_the_token_is_no_token_of_another_kind(begin):
    token = begin().json()["access_token"]

    for prefix in ("ska_", "skc_", "skd_", "skr_"):
        forged = token.replace("ski_", prefix)
        assert caller(forged).get(f"{USERS}me/").status_code == 401
    browser = ApiClient()
    browser.cookies["__Host-starterkit"] = token
    assert browser.get(f"{USERS}me/").status_code == 401


def test_it_ends_by_itself(begin, desk):
    token = begin().json()["access_token"]

    with time_machine.travel(timezone.now() + timedelta(minutes=31)):
        assert caller(token).get(f"{USERS}me/").status_code == 401


def test_a_project_sets_how_long_it_takes(begin, tuner):
    tuner("STARTERKIT_AUTH")(IMPERSONATION_LIFETIME=timedelta(minutes=5))

    assert begin().json()["expires_in"] in range(290, 301)


def test_needs_a_reason(desk, member):
    for body in ({}, {"reason": ""}, {"reason": " "}, {"reason": "a\0b"}):
        response = desk.post(url_of(member), body)
        assert code_of(response) == (400, "validation_error")
        assert response.json()["errors"][0]["pointer"] == "/reason"
    assert not Impersonation.objects.exists()


def test_needs_the_permission(make_user, member):
    other = make_user()
    give(other, "view", "change", "delete", "add")

    response = caller(open_session(other).access_token).post(url_of(member), REASON)

    assert code_of(response) == (403, "permission_denied")


def test_needs_a_recent_proof(helper, member):
    long_ago = timezone.now() - timedelta(hours=1)
    stale = open_session(helper, authenticated_at=long_ago)

    response = caller(stale.access_token).post(url_of(member), REASON)

    assert code_of(response) == (403, "step_up_required")


def test_needs_a_session_of_ours(client_of, helper, member):
    response = client_of(helper).post(url_of(member), REASON)

    assert code_of(response) == (403, "session_required")


def as_peer(user):
    give(user, "impersonate", "view")


def as_other(user):
    give(user, "delete")


def as_chief(user):
    user.is_superuser = True
    user.save()


@pytest.mark.parametrize("rise", [as_peer, as_other, as_chief])
def test_acts_as_no_peer_and_no_higher_rank(desk, member, rise):
    rise(member)

    response = desk.post(url_of(member), REASON)

    assert code_of(response) == (403, "not_below_rank")
    assert not Impersonation.objects.exists()


def test_acts_not_as_oneself(desk, helper, make_user):
    chief = make_user(is_superuser=True)

    answers = [
        desk.post(url_of(helper), REASON),
        caller(open_session(chief).access_token).post(url_of(chief), REASON),
    ]

    assert {code_of(answer) for answer in answers} == {(403, "not_below_rank")}


def test_a_superuser_acts_as_the_support_but_not_as_a_superuser(make_user, helper):
    chief = caller(open_session(make_user(is_superuser=True)).access_token)

    assert chief.post(url_of(helper), REASON).status_code == HTTPStatus.CREATED
    other = chief.post(url_of(make_user(is_superuser=True)), REASON)
    assert code_of(other) == (403, "not_below_rank")


def test_acts_not_as_a_closed_account(desk, member):
    member.is_active = False
    member.save()

    response = desk.post(url_of(member), REASON)

    assert code_of(response) == (409, "account_inactive")


@pytest.mark.parametrize("user_id", ["0199f0a3-c5b8-7d7e-8a41-f0c2d3e4f5a6", "%00"])
def test_a_missing_user_is_not_found(desk, user_id):
    url = f"{USERS}users/{user_id}/impersonation/"

    assert code_of(desk.post(url, REASON)) == (404, "user_not_found")
    assert code_of(desk.delete(url)) == (404, "impersonation_not_found")


def test_acts_as_one_user_at_a_time(begin, desk, member, make_user):
    begin()

    response = desk.post(url_of(make_user()), REASON)

    assert code_of(response) == (409, "impersonation_open")
    assert response.json()["user_id"] == str(member.pk)
    assert desk.delete(url_of(member)).status_code == HTTPStatus.NO_CONTENT
    assert begin().status_code == HTTPStatus.CREATED


def test_an_impersonator_impersonates_no_one_else(make_user, helper, member):
    chief = caller(open_session(make_user(is_superuser=True)).access_token)
    acting = caller(chief.post(url_of(helper), REASON).json()["access_token"])

    response = acting.post(url_of(member), REASON)

    assert code_of(response) == (403, "not_while_impersonating")


def end_by_the_desk(it):
    assert it.desk.delete(url_of(it.member)).status_code == HTTPStatus.NO_CONTENT


def sign_out_there(it):
    assert it.acting.delete(f"{AUTH}session/").status_code == HTTPStatus.NO_CONTENT


def sign_out_here(it):
    it.desk.delete(f"{AUTH}session/")


def suspend(it):
    it.helper.is_active = False
    it.helper.save()


def suspend_by_sql(it):
    rows_of(get_user_model()).filter(pk=it.helper.pk).update(is_active=False)


def demote(it):
    it.helper.user_permissions.clear()


def promote_the_user(it):
    as_chief(it.member)


def suspend_the_user(it):
    rows_of(get_user_model()).filter(pk=it.member.pk).update(is_active=False)


def sign_the_user_out(it):
    caller(open_session(it.member).access_token).delete(f"{AUTH}sessions/")


def change_the_password(it):
    it.helper.set_password("another rose is a rose")
    it.helper.save()


def delete_the_support(it):
    it.helper.delete()


@pytest.mark.parametrize(
    "act",
    [
        end_by_the_desk,
        sign_out_there,
        sign_out_here,
        suspend,
        suspend_by_sql,
        demote,
        promote_the_user,
        suspend_the_user,
        sign_the_user_out,
        change_the_password,
        delete_the_support,
    ],
)
def test_it_ends_at_once(desk, acting, member, helper, act):
    assert acting.get(f"{USERS}me/").status_code == HTTPStatus.OK

    act(SimpleNamespace(desk=desk, acting=acting, member=member, helper=helper))

    assert acting.get(f"{USERS}me/").status_code == 401
    assert not Impersonation.objects.filter(ended_at=None).exists()


def test_it_does_not_begin_again_with_a_right_that_comes_back(acting, helper):
    helper.user_permissions.clear()
    acting.get(f"{USERS}me/")
    give(helper, "impersonate", "view")

    assert acting.get(f"{USERS}me/").status_code == 401


def test_only_the_own_one_can_be_ended(begin, member, make_user):
    acting = caller(begin().json()["access_token"])
    other = make_user()
    give(other, "impersonate", "view")

    response = caller(open_session(other).access_token).delete(url_of(member))

    assert code_of(response) == (404, "impersonation_not_found")
    assert acting.get(f"{USERS}me/").status_code == HTTPStatus.OK


def test_the_log_says_who_why_and_when(desk, begin, helper, member):
    begin()
    desk.delete(url_of(member))

    events = AuditEvent.objects.filter(action__contains="impersonation").order_by("pk")
    assert [event.action for event in events] == [
        "auth.impersonation_started",
        "users.impersonation_started",
        "auth.impersonation_ended",
    ]
    assert {event.actor_id for event in events} == {str(helper.pk)}
    assert {event.subject_id for event in events} == {str(member.pk)}
    assert events[1].reason == "Ticket 4711"


def test_what_an_impersonator_does_has_both_ids(acting, helper, member):
    acting.patch(f"{USERS}me/", {"first_name": "Ada"})

    event = AuditEvent.objects.get(action="users.account_updated")
    assert (event.actor_id, event.impersonator_id) == (str(member.pk), str(helper.pk))


def test_the_user_sees_that_but_not_from_where_nor_why(acting, member):
    acting.patch(f"{USERS}me/", {"first_name": "Ada"})

    events = caller(open_session(member).access_token).get(f"{AUTH}events/")

    [row] = events.json()["results"]
    assert row["action"] == "auth.impersonation_started"
    assert (row["address"], row["user_agent"]) == ("", "")
    assert "4711" not in events.content.decode()


def test_the_user_is_told_by_mail(begin, mailbox, member):
    begin()

    [mail] = mailbox
    assert mail.to == [addresses.mailbox_of(member)]
    assert "act as you" in mail.body
    assert "4711" not in mail.body


def test_a_project_may_leave_the_mail_out(begin, mailbox, tuner):
    tuner("STARTERKIT_AUTH")(SECURITY_MAILS=["password_changed"])

    begin()

    assert not mailbox


def accept_terms(acting):
    [document] = acting.get(f"{TERMS}documents/").json()["results"]
    shown = {name: document[name] for name in ("version", "content_hash")}
    return acting.post(f"{TERMS}acceptances/", {"acceptances": [shown]})


def test_events_of_every_module_have_both_ids(
    acting, helper, member, monkeypatch, tmp_path
):
    """As if each endpoint that writes was open to impersonators."""
    file = tmp_path / "terms.md"
    file.write_text("# Terms\n\nBe kind.\n", "utf-8")
    call_command("terms_publish", "terms", str(file), label="1", verbosity=0)
    monkeypatch.setattr(EndpointView, "is_open_to_impersonators", lambda: True)
    open_session(member)

    answers = [
        accept_terms(acting),
        acting.patch(f"{USERS}me/", {"first_name": "Ada"}),
        acting.delete(f"{AUTH}sessions/"),
    ]

    assert [answer.status_code for answer in answers] == [201, 200, 204]
    events = AuditEvent.objects.filter(actor_id=str(member.pk))
    assert {event.action.partition(".")[0] for event in events} == {
        "auth",
        "terms",
        "users",
    }
    assert {event.impersonator_id for event in events} == {str(helper.pk)}


def test_only_one_function_makes_events():
    """So no module can leave the impersonator out."""
    makers = [
        path.relative_to(ROOT / "src").as_posix()
        for path in (ROOT / "src").rglob("*.py")
        if not path.name.startswith(("tests_", "conftest"))
        and re.search(r"\bAuditEvent(\(|\.objects\.(bulk_)?create)", path.read_text())
        and "class AuditEvent(" not in path.read_text()
    ]

    assert makers == ["starterkit_core/services/audit.py"]


def test_administrators_find_what_an_impersonator_did(acting, make_user, helper):
    acting.patch(f"{USERS}me/", {"first_name": "Ada"})
    chief = caller(open_session(make_user(is_superuser=True)).access_token)

    found = chief.get(f"{USERS}audit-events/", {"impersonator": str(helper.pk)})

    [row] = found.json()["results"]
    assert row["action"] == "users.account_updated"
    assert row["impersonator_id"] == str(helper.pk)


def test_the_log_lines_have_the_impersonator(acting, helper):
    lines, logger = io.StringIO(), logging.getLogger("starterkit.requests")
    handler = logging.StreamHandler(lines)
    handler.setFormatter(JSONFormatter())
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        acting.get(f"{USERS}me/")
    finally:
        logger.removeHandler(handler)
        logger.setLevel(logging.NOTSET)

    assert json.loads(lines.getvalue())["impersonator_id"] == str(helper.pk)


def test_an_event_of_an_erased_impersonator_is_anonymous(acting, helper, member):
    acting.patch(f"{USERS}me/", {"first_name": "Ada"})

    helper.delete()

    event = AuditEvent.objects.get(action="users.account_updated")
    assert event.actor_id == str(member.pk)
    assert event.impersonator_id not in {"", str(helper.pk)}
    assert (event.address, event.request_id) == ("", "")


def test_an_export_tells_the_user_what_was_not_their_own_act(acting, member):
    acting.patch(f"{USERS}me/", {"first_name": "Ada"})

    exported = personal_data.export(member)

    [event] = [it for it in exported["audit"] if it["action"].endswith("updated")]
    assert event["impersonated"]
    assert (event["address"], event["user_agent"]) == ("", "")
    assert len(exported["auth"]["impersonations"]) == 1


class Plain(APIView):
    """A view of the project that is no endpoint of ours."""

    permission_classes = [IsAuthenticated]
    authentication_classes = [SessionAuthentication]

    def get(self, request):
        return Response({"user": str(request.user.pk)})


class Closed(Plain):
    permission_classes = [IsAuthenticated, IsNotImpersonated]


class SteppedUp(Plain):
    permission_classes = [IsAuthenticated, StepUp]


urlpatterns = [
    path("plain/", Plain.as_view()),
    path("closed/", Closed.as_view()),
    path("stepped-up/", SteppedUp.as_view()),
]


def test_a_view_of_the_project_may_be_closed(acting, helper, member, settings):
    settings.ROOT_URLCONF = __name__

    plain, closed = acting.get("/plain/"), acting.get("/closed/")
    stepped_up = acting.get("/stepped-up/")

    assert plain.json() == {"user": str(member.pk)}
    assert plain["Impersonated-By"] == str(helper.pk)
    assert code_of(closed) == (403, "not_while_impersonating")
    assert code_of(stepped_up) == (403, "session_required")


def test_takes_no_table_of_users(acting, member):
    give(member, "view")

    response = acting.get(f"{USERS}users/export/")

    assert code_of(response) == (403, "not_while_impersonating")


def test_it_is_refused_where_it_would_not_be_on_record(acting, settings):
    settings.MIDDLEWARE = [it for it in settings.MIDDLEWARE if "ApiMiddle" not in it]

    assert acting.get(f"{USERS}me/").status_code == 401


@pytest.mark.django_db(transaction=True)
def test_of_two_begins_at_once_one_is_refused(at_once, make_user, helper, session):
    users = [make_user(), make_user()]

    def start(number):
        desk = caller(session.access_token)
        return code_of(desk.post(url_of(users[number]), REASON))

    results = at_once(2, start)

    assert sorted(results, key=str) == [(201, None), (409, "impersonation_open")]
    assert Impersonation.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_ended_while_in_use_it_is_over_without_an_error(
    at_once, desk, begin, member, helper
):
    token = begin().json()["access_token"]

    def use(number):
        if number == 0:
            return desk.delete(url_of(member)).status_code
        return caller(token).patch(f"{USERS}me/", {"first_name": "Ada"}).status_code

    results = at_once(6, use)

    assert set(results) <= {200, 204, 401}
    assert caller(token).get(f"{USERS}me/").status_code == 401
    ended = AuditEvent.objects.filter(action="auth.impersonation_ended")
    assert ended.count() == 1
