from typing import ClassVar

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission

from starterkit_core.db.databases import accounts_database, transaction_of
from starterkit_core.use_cases import Input, UseCase
from starterkit_users.errors import HigherRank, LastSuperuser, UserNotFound
from starterkit_users.models import Status
from starterkit_users.services import user_rows
from starterkit_users.services.lifecycle import has_status
from starterkit_users.services.ranks import (
    keep_a_superuser,
    lock_subject,
    require_rank,
)

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        not hasattr(get_user_model(), "groups"), reason="a user here has no rights"
    ),
]


def a_permission():
    return Permission.objects.order_by("pk")[0]


def by_permission(user):
    user.user_permissions.add(a_permission())


def by_group(user):
    group = Group.objects.create(name="editors")
    group.permissions.add(a_permission())
    user.groups.add(group)


def by_flag(user):
    user.is_staff = True
    user.save()


@pytest.mark.parametrize("give", [by_permission, by_group, by_flag])
def test_refuses_an_act_on_a_user_with_a_right_that_the_actor_lacks(make_user, give):
    actor, subject = make_user(), make_user()
    give(subject)

    with pytest.raises(HigherRank):
        require_rank(actor, subject)


@pytest.mark.parametrize("give", [by_permission, by_group, by_flag])
def test_peers_and_the_project_itself_may_act(make_user, give):
    actor, subject = make_user(), make_user()
    give(actor)
    by_permission(subject)
    by_permission(actor)

    require_rank(actor, subject)
    require_rank(None, make_user(is_superuser=True))


def test_rights_of_a_closed_account_count(make_user):
    chief = make_user(is_superuser=True, is_active=False)

    with pytest.raises(HigherRank):
        require_rank(make_user(), chief)


def test_the_last_superuser_stays(make_user):
    chief = make_user(is_superuser=True)
    make_user(is_superuser=True, is_active=False)

    with pytest.raises(LastSuperuser):
        keep_a_superuser(chief)


def test_one_of_two_superusers_may_leave(make_user, user):
    chief, _ = make_user(is_superuser=True), make_user(is_superuser=True)

    keep_a_superuser(chief)
    keep_a_superuser(user)


@pytest.mark.skipif(not has_status(), reason="accounts here have no state")
@pytest.mark.parametrize("status", [Status.DEACTIVATED, Status.DELETION_SCHEDULED])
def test_a_superuser_who_has_left_is_none(make_user, status):
    chief = make_user(is_superuser=True)
    make_user(is_superuser=True, status=status)

    with pytest.raises(LastSuperuser):
        keep_a_superuser(chief)


@pytest.mark.parametrize("user_id", ["0199f0a3-c5b8-7d7e-8a41-f0c2d3e4f5a6", "\0"])
def test_an_id_that_no_user_has_is_not_found(user_id):
    with pytest.raises(UserNotFound):
        lock_subject(user_id)


def test_locks_what_is_saved_now(make_user):
    chief = make_user(is_superuser=True)
    user_rows.all_users().update(is_staff=True)

    with transaction_of(accounts_database()):
        assert lock_subject(str(chief.pk)).is_staff


class Demote(UseCase[Input, str]):
    """An act as the others are: it takes a superuser's rights away."""

    runs: ClassVar[list[str]] = []

    def run(self) -> str:
        self.runs.append("")
        subject = lock_subject(str(self.input.extra["pk"]))
        keep_a_superuser(subject)
        subject.is_superuser = False
        subject.save()
        return "done"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("number", [2, 4])
def test_of_acts_on_all_superusers_at_once_one_is_refused(make_user, at_once, number):
    chiefs = [make_user(is_superuser=True) for _ in range(number)]

    def demote(place):
        try:
            return Demote.execute(Input(extra={"pk": chiefs[place].pk}))
        except LastSuperuser:
            return "refused"

    results = at_once(number, demote)

    assert sorted(results) == [*["done"] * (number - 1), "refused"]
    assert user_rows.all_users().filter(is_superuser=True).count() == 1


@pytest.mark.django_db(transaction=True)
def test_acts_on_superusers_at_once_end_in_no_deadlock(make_user, at_once):
    Demote.runs.clear()
    chiefs = [make_user(is_superuser=True) for _ in range(5)]

    def demote(place):
        return Demote.execute(Input(extra={"pk": chiefs[place].pk}))

    assert at_once(4, demote) == ["done"] * 4
    assert len(Demote.runs) == 4
