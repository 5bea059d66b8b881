from http import HTTPStatus
from threading import Event
from time import sleep

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.urls import reverse

from starterkit_core.models import AuditEvent
from starterkit_core.ports import roles as port
from starterkit_core.signals import roles_changed
from starterkit_users.models import Role
from starterkit_users.services import user_rows
from starterkit_users.services.roles import has_roles, roles_of
from starterkit_users.use_cases.sync_roles import SyncRoles, SyncRolesInput
from starterkit_users.v1.users.user_id.roles.put.use_case import (
    SetRoles,
    SetRolesInput,
)

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not has_roles(), reason="users here are in no groups"),
]

NOBODY = "0199f0a3-c5b8-7d7e-8a41-f0c2d3e4f5a6"
READS, WRITES = "auth.view_group", "auth.change_group"


def url_of(user):
    return reverse(
        "starterkit_users:users-user-id-roles", args=[getattr(user, "pk", user)]
    )


@pytest.fixture
def put(client_of):
    """Send all roles that a user is to have; returns the answer."""

    def send(actor, subject, *roles):
        return client_of(actor).put(url_of(subject), {"roles": roles})

    return send


def code_of(answer):
    return answer.status_code, answer.json()["code"]


def test_asks_for_a_recent_proof(put, may, user, make_role, proof):
    proof.is_recent = False

    answer = put(may("change"), user, make_role("empty"))

    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert roles_of(user) == []


def test_gives_a_user_exactly_these_roles(put, may, user, make_role):
    actor = may("change", READS)
    reader, empty = make_role("reader", READS), make_role("empty")

    answer = put(actor, user, reader, empty)

    assert answer.status_code == HTTPStatus.OK
    assert answer.json() == {"roles": ["empty", "reader"]}
    assert user.has_perm(READS)
    assert put(actor, user, empty).json() == {"roles": ["empty"]}
    assert not user_rows.all_users().get(pk=user.pk).has_perm(READS)
    assert put(actor, user).json() == {"roles": []}


def test_groups_that_are_no_roles_stay(put, may, user, make_role):
    group = Group.objects.create(name="choir")
    user.groups.add(group)

    put(may("change"), user, make_role("empty"))
    put(may("change"), user)

    assert [*user.groups.all()] == [group]


def test_no_administrator_gives_what_they_lack(put, may, user, make_role):
    make_role("writer", READS, WRITES)

    answer = put(may("change", READS), user, "writer")

    assert code_of(answer) == (HTTPStatus.FORBIDDEN, "rights_lacked")
    assert answer.json()["roles"] == ["writer"]
    assert roles_of(user) == []


def test_nor_takes_it_away_from_a_user_above(put, may, user, make_role):
    SetRoles.execute(
        SetRolesInput(user_id=str(user.pk), roles=[make_role("writer", WRITES)])
    )

    answer = put(may("change", READS), user)

    assert code_of(answer) == (HTTPStatus.FORBIDDEN, "higher_rank")
    assert roles_of(user) == ["writer"]


@pytest.mark.parametrize("flag", ["is_staff", "is_superuser"])
def test_refuses_a_user_who_ranks_above(put, may, make_user, make_role, flag):
    chief = make_user(**{flag: True})

    answer = put(may("change"), chief, make_role("empty"))

    assert code_of(answer) == (HTTPStatus.FORBIDDEN, "higher_rank")
    assert roles_of(chief) == []


def test_only_a_superuser_changes_their_own_roles(put, may, make_user, make_role):
    actor, chief = may("change"), make_user(is_superuser=True)
    make_role("empty")

    assert code_of(put(actor, actor, "empty")) == (HTTPStatus.FORBIDDEN, "own_rights")
    assert put(chief, chief, "empty").status_code == HTTPStatus.OK


def test_a_superuser_gives_every_role(put, make_user, user, make_role):
    chief = make_user(is_superuser=True)

    answer = put(chief, user, make_role("writer", WRITES))

    assert answer.json() == {"roles": ["writer"]}


@pytest.mark.parametrize("key", ["suport", "Support", "sup\u0301port"])
def test_refuses_a_role_that_does_not_exist(put, may, user, make_role, key):
    make_role("support")

    answer = put(may("change"), user, key, "support")

    assert code_of(answer) == (HTTPStatus.BAD_REQUEST, "unknown_role")
    assert answer.json()["roles"] == [key]
    assert roles_of(user) == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"roles": None},
        {"roles": "support"},
        {"roles": [1]},
        {"roles": [None]},
        {"roles": [["support"]]},
        {"roles": {"support": True}},
        {"roles": ["a\0b"]},
        {"roles": [""]},
        {"roles": ["x" * 101]},
        {"roles": ["x"] * 101},
        [],
    ],
)
def test_refuses_a_body_in_another_shape(client_of, may, user, body):
    answer = client_of(may("change")).put(url_of(user), body)

    assert code_of(answer) == (HTTPStatus.BAD_REQUEST, "validation_error")


def test_a_role_named_twice_is_given_once(put, may, user, make_role):
    answer = put(may("change"), user, make_role("empty"), "empty")

    assert answer.json() == {"roles": ["empty"]}


@pytest.mark.parametrize("user_id", [NOBODY, "999999999", "-1", "me", "%00", "9" * 40])
def test_an_id_that_no_user_has_is_not_found(put, may, make_role, user_id):
    answer = put(may("change"), user_id, make_role("empty"))

    assert code_of(answer) == (HTTPStatus.NOT_FOUND, "user_not_found")


def test_needs_the_permission_to_change_users(put, may, user, make_user):
    for actor in (user, may("view"), may("delete")):
        for subject in (make_user(), actor, NOBODY):
            answer = put(actor, subject, "support")

            assert code_of(answer) == (HTTPStatus.FORBIDDEN, "permission_denied")


def test_needs_a_signed_in_user(api, user):
    answer = api.put(url_of(user), {"roles": []})

    assert answer.status_code == HTTPStatus.UNAUTHORIZED


@pytest.mark.django_db(transaction=True)
def test_tells_what_changed_and_only_that(put, may, user, make_role, received):
    signals, actor = received(roles_changed), may("change")
    make_role("empty")

    put(actor, user, "empty")
    put(actor, user, "empty")

    [facts] = signals
    assert facts["user"] == user
    assert (facts["former"], facts["roles"]) == ([], ["empty"])
    event = AuditEvent.objects.get(action="users.roles_changed")
    assert event.facts == {"former": [], "roles": ["empty"]}
    assert (event.actor_id, event.subject_id) == (str(actor.pk), str(user.pk))


@pytest.mark.django_db(transaction=True)
def test_of_changes_at_once_each_is_whole_and_the_last_counts(
    client_of, may, user, make_role, at_once
):
    actor, sets = may("change"), [["a", "b"], ["c", "d"], ["e"], []]
    for key in "abcde":
        make_role(key)

    def change(number):
        return client_of(actor).put(url_of(user), {"roles": sets[number]}).json()

    answers = at_once(4, change)

    assert sorted(answers, key=str) == sorted(({"roles": it} for it in sets), key=str)
    events = AuditEvent.objects.filter(action="users.roles_changed").order_by("pk")
    last = [it.facts["roles"] for it in events][-1]
    assert roles_of(user) == last
    assert [it.facts["former"] for it in events][1:] == [
        it.facts["roles"] for it in events
    ][:-1]


class Slow(SetRoles):
    """It takes its time between looking at the roles and giving them."""

    looked = Event()

    def read_former(self, user):
        self.looked.set()
        sleep(0.3)
        return super().read_former(user)


@pytest.mark.django_db(transaction=True)
def test_no_role_is_deleted_while_it_is_given(user, make_role, at_once):
    make_role("old")
    port.unregister("old")
    Slow.looked.clear()

    def give(_):
        given = SetRolesInput(user_id=str(user.pk), roles=["old"])
        return Slow(given)._execute()

    def delete(_):
        Slow.looked.wait(5)
        return SyncRoles.execute(SyncRolesInput(prune=True))

    answers = at_once(2, lambda number: (give, delete)[number](number))

    assert ["old"] in answers
    assert roles_of(user) == []
    assert not Role.objects.exists()


class NoRolesOfTheHouse(SetRoles):
    """A host project's use case: one step replaced, the rest inherited."""

    def check_givable(self, wanted, former):
        super().check_givable({}, former)


def test_a_host_can_replace_one_step(put, may, user, make_role, settings):
    settings.STARTERKIT_OVERRIDES = {
        "starterkit_users.v1.users.user_id.roles.put": f"{__name__}.NoRolesOfTheHouse"
    }

    answer = put(may("change"), user, make_role("writer", WRITES))

    assert answer.json() == {"roles": ["writer"]}


def test_takes_the_same_queries_for_many_roles(
    client_of, make_user, make_role, django_assert_max_num_queries
):
    chief = make_user(is_superuser=True)
    keys = [make_role(f"role{number}", READS, WRITES) for number in range(20)]
    one = get_user_model()._base_manager.get(pk=make_user().pk)

    with django_assert_max_num_queries(14):
        client_of(chief).put(url_of(one), {"roles": keys})

    assert roles_of(one) == sorted(keys)
