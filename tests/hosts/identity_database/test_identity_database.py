from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import OperationalError, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from starterkit_auth.models import session_model
from starterkit_core import signals
from starterkit_core.db.conflicts import retried
from starterkit_core.errors import DomainError
from starterkit_core.models import AuditEvent
from starterkit_core.ports import personal_data, roles, sign_up
from starterkit_core.use_cases import Input, UseCase
from starterkit_users.services.roles import known_roles
from tests.sample.models import Thing

pytestmark = pytest.mark.django_db(databases="__all__", transaction=True)


class Refusal(DomainError):
    code = "refusal"
    message = "No."


@dataclass
class Requirement:
    """Asked in the transaction of each sign-up; notes what it saw there."""

    mailbox: list
    refuse: bool = False
    seen: tuple = ()
    name = "requirement"
    raises = (Refusal,)

    def fields(self):
        return {}

    def validate(self, given):
        """Accept whatever is given."""

    def commit(self, user, given, client):
        inside = connections["identity"].in_atomic_block
        self.seen = (inside, connections["default"].in_atomic_block, len(self.mailbox))
        if self.refuse:
            raise Refusal


@pytest.fixture
def requirement(mailbox):
    requirement = Requirement(mailbox)
    sign_up.register(requirement)
    yield requirement
    sign_up.unregister(requirement.name)


class MakeThing(UseCase[Input, None]):
    """The host's own act, on a table of the host's database."""

    raises = (Refusal,)
    database = "default"

    def run(self):
        thing = Thing.objects.create(name="Lamp")
        signals.announce(signals.account_updated, type(thing), thing=thing)
        if self.input.extra:
            raise Refusal


class Deadlock(Exception):
    sqlstate = "40P01"


def test_the_api_works_and_asks_the_other_database_nothing(person):
    with CaptureQueriesContext(connections["default"]) as asked:
        wrong = person.walk()

    assert wrong == ""
    assert len(asked) == 0


def test_a_sign_up_is_one_transaction_of_that_database(person, requirement, mailbox):
    person.sign_up()
    assert requirement.seen == ()

    response = person.confirm()

    assert response.status_code == 201
    assert requirement.seen == (True, False, len(mailbox))


def test_a_refused_sign_up_leaves_nothing_behind(person, requirement, mailbox):
    requirement.refuse = True

    person.sign_up()

    response = person.confirm()

    assert response.json()["code"] == "refusal"
    assert not get_user_model().objects.exists()
    assert len(mailbox) == 1


def test_a_refusal_is_recorded_although_requests_are_transactions(person):
    response = person.sign_in()

    assert response.status_code == 401
    assert AuditEvent.objects.get().action == "auth.sign_in_refused"


def test_terms_are_published_accepted_and_enforced(person, publish_terms):
    person.sign_up()
    person.confirm()
    publish_terms("Be kind.")

    refused = person.rename()
    accepted = person.accept_terms()

    assert refused.json()["code"] == "terms_acceptance_required"
    assert accepted.status_code == 201
    assert person.rename().status_code == 200


def test_the_purge_deletes_what_has_expired(person):
    person.sign_up()
    person.confirm()

    with time_machine.travel(timezone.now() + timedelta(days=200)):
        call_command("auth_purge", stdout=StringIO())

    assert not session_model().objects.exists()


def test_a_suspension_in_the_admin_ends_the_sessions(person, suspend):
    person.sign_up()
    person.confirm()

    suspend(person.email)

    assert person.read_me().status_code == 401
    assert session_model().objects.get().revoke_reason == "deactivated"


def test_exports_and_erases_the_data_of_a_person(person, publish_terms):
    person.sign_up()
    person.confirm()
    publish_terms("Be kind.")
    person.accept_terms()
    user = get_user_model().objects.get()

    exported = personal_data.export(user)
    personal_data.erase(user)

    assert len(exported["auth"]["sessions"]) == len(exported["terms"]) == 1
    assert not session_model().objects.exists()
    assert personal_data.export(user)["terms"] == []


@pytest.mark.parametrize("extra", [{}, {"refuse": True}])
def test_an_act_of_the_host_has_a_transaction_of_its_own_database(received, extra):
    told = received(signals.account_updated)

    with suppress(Refusal):
        MakeThing.execute(Input(extra=extra))

    assert Thing.objects.count() == len(told) == (0 if extra else 1)


def test_a_conflict_is_retried_within_a_transaction_of_another_database():
    error = OperationalError()
    error.__cause__ = Deadlock()
    failures = [error]

    def write():
        if failures:
            raise failures.pop()
        return AuditEvent.objects.count()

    with transaction.atomic(using="default"):
        assert retried(write) == 0


def test_the_checks_are_content():
    call_command("check", "--database", "default", "--database", "identity")


@pytest.fixture
def support():
    role = roles.Role(key="support", name="Support", permissions=("auth.view_group",))
    roles.register(role)
    call_command("sync_roles", verbosity=0)
    yield role
    roles.unregister("support")


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
