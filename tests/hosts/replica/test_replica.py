import re
from dataclasses import replace
from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from starterkit_auth.models import EmailAddress, session_model
from starterkit_auth.use_cases.open_session import OpenSession, OpenSessionInput
from starterkit_core.db.databases import rows_of
from starterkit_core.ports import personal_data, roles
from starterkit_core.testing.plugin import PASSWORD
from starterkit_core.utils.client import NO_CLIENT
from starterkit_users.services.roles import known_roles

pytestmark = pytest.mark.django_db(databases="__all__", transaction=True)


@pytest.fixture
def replica_unasked():
    """Fail if the replica is asked anything during the test."""
    with CaptureQueriesContext(connections["replica"]) as asked:
        yield
    assert [query["sql"] for query in asked] == []


@pytest.mark.usefixtures("replica_unasked")
def test_the_api_works(person):
    wrong = person.walk()

    assert wrong == ""


@pytest.mark.usefixtures("replica_unasked")
def test_terms_are_published_accepted_and_enforced(person, publish_terms):
    person.sign_up()
    person.confirm()
    publish_terms("Be kind.")

    refused = person.rename()
    accepted = person.accept_terms()
    publish_terms("Be kinder.", "--label", "2")

    assert refused.json()["code"] == "terms_acceptance_required"
    assert accepted.status_code == 201
    assert person.rename().json()["code"] == "terms_acceptance_required"


@pytest.mark.usefixtures("replica_unasked")
def test_the_other_doors_work(person, mailbox):
    person.sign_up()
    token = {"registration_token": person.registration_token}
    person.send("POST auth/v1/registration/code/", token)
    person.confirm()
    EmailAddress.objects.update(verified_at=None)
    unproven = person.sign_in()
    person.confirm()
    known = person.sign_up()
    to_owner = mailbox[-1]
    step_up = person.send("POST auth/v1/session/step-up/", {"password": PASSWORD})
    person.use(step_up)
    person.send("POST auth/v1/email/change/", {"email": "ada@new.example"})
    moved = person.send(
        "POST auth/v1/email/change/confirmation/", {"code": person.code}
    )
    [token] = re.findall(r"skl_[\w-]+", mailbox[-1].body)
    changed = person.send(
        "PUT auth/v1/password/",
        {"current_password": PASSWORD, "new_password": f"{PASSWORD} 2"},
    )
    person.use(changed)
    others = person.send("DELETE auth/v1/sessions/")
    undone = person.send("POST auth/v1/email/change/reversal/", {"token": token})

    assert unproven.json()["code"] == "email_unverified"
    answers = [known, step_up, moved, changed, others, undone]
    assert [it.status_code for it in answers] == [202, 200, 200, 200, 204, 204]
    assert person.read_me().status_code == 401
    assert to_owner.to == [person.email]
    assert not re.search(r"^\d{6}$", to_owner.body, re.MULTILINE)


@pytest.mark.usefixtures("replica_unasked")
def test_the_purge_the_end_of_sessions_and_the_data_of_a_person_work(person):
    person.sign_up()
    person.confirm()
    user = rows_of(get_user_model()).get()
    exported = personal_data.export(user)

    call_command("auth_end_sessions", user=person.email, stdout=StringIO())
    call_command("auth_end_sessions", user=str(user.pk), stdout=StringIO())
    ended = session_model().objects.get().revoke_reason
    with time_machine.travel(timezone.now() + timedelta(days=200)):
        call_command("auth_purge", stdout=StringIO())
    personal_data.erase(user)

    assert len(exported["auth"]["sessions"]) == 1
    assert ended == "ended_by_administrator"
    assert not session_model().objects.exists()


@pytest.mark.usefixtures("replica_unasked")
def test_a_suspension_ends_the_sessions(person):
    person.sign_up()
    person.confirm()
    user = rows_of(get_user_model()).get()

    user.is_active = False
    user.save()

    assert person.read_me().status_code == 401
    assert session_model().objects.get().revoke_reason == "deactivated"


def test_what_has_ended_is_not_open_because_the_replica_has_it_so(person):
    person.sign_up()
    person.confirm()
    for model in (get_user_model(), session_model()):
        model.objects.using("replica").bulk_create(rows_of(model).all())

    person.send("DELETE auth/v1/session/")

    assert person.read_me().status_code == 401
    assert person.refresh().status_code == 401


def test_a_user_whom_the_host_read_from_the_replica_can_be_signed_in(person):
    person.sign_up()
    person.confirm()
    model = get_user_model()
    model.objects.using("replica").bulk_create(rows_of(model).all())
    user = model.objects.get()

    opened = OpenSession.execute(
        OpenSessionInput(
            user=user, client=NO_CLIENT, transport="bearer", method="directory"
        )
    )

    person.client.credentials(HTTP_AUTHORIZATION=f"Bearer {opened.access_token}")
    assert person.read_me().status_code == 200


def test_a_copy_that_is_saved_as_inactive_ends_no_session(person):
    person.sign_up()
    person.confirm()
    copy = rows_of(get_user_model()).get()

    copy.is_active = False
    copy.save(using="replica")
    copy.save(using="replica")

    assert person.read_me().status_code == 200


def test_the_checks_are_content():
    call_command("check", "--database", "default", "--database", "replica")


@pytest.fixture
def support():
    role = roles.Role(key="support", name="Support", permissions=("auth.view_group",))
    roles.register(role)
    call_command("sync_roles", verbosity=0)
    yield role
    roles.unregister("support")


@pytest.mark.usefixtures("replica_unasked")
def test_roles_are_saved_given_and_taken(person, make_user, client_of, support):
    chief, clerk = make_user(is_superuser=True), make_user()
    url = f"/api/users/v1/users/{clerk.pk}/roles/"

    given = client_of(chief).put(url, {"roles": ["support"]})
    listed = client_of(chief).get("/api/users/v1/roles/").json()["results"]
    shown = client_of(chief).get(url).json()
    taken = client_of(chief).put(url, {"roles": []})
    roles.register(replace(support, permissions=("auth.add_group",)))
    call_command("sync_roles", verbosity=0)

    assert given.json() == shown == {"roles": ["support"]}
    assert taken.json() == {"roles": []}
    assert [it["permissions"] for it in listed] == [["auth.view_group"]]
    assert known_roles()["support"].permissions == {"auth.add_group"}
