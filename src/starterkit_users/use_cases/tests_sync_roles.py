"""Roles that the code declares become groups: ``sync_roles``."""

import io

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import CommandError, call_command
from django.utils.translation import gettext_lazy as _

from starterkit_core.models import AuditEvent
from starterkit_core.ports import roles as port
from starterkit_users.models import Role
from starterkit_users.services.roles import has_roles, known_roles
from starterkit_users.use_cases.sync_roles import SyncRoles, SyncRolesInput

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not has_roles(), reason="users here are in no groups"),
]

READS, WRITES = "auth.view_group", "auth.change_group"
AS_DECLARED = "The roles are as declared.\n"


def sync(*options):
    said = io.StringIO()
    call_command("sync_roles", *options, stdout=said)
    return said.getvalue()


def permissions_of(key):
    return known_roles()[key].permissions


def grant(key, name):
    codename = name.partition(".")[2]
    group = Group.objects.get(starterkit_role__key=key)
    group.permissions.add(Permission.objects.get(codename=codename))


def everything():
    return known_roles(), {*Group.objects.values_list("pk", "name")}


def test_makes_a_group_of_each_role(declare):
    declare("support", READS, WRITES)
    declare("empty", is_system=False)

    said = sync()

    assert said == (f"empty: new\nsupport: new\n  + {WRITES}\n  + {READS}\nDone.\n")
    assert permissions_of("support") == {READS, WRITES}
    assert [(it.key, it.is_system) for it in known_roles().values()] == [
        ("empty", False),
        ("support", True),
    ]
    assert {*Group.objects.values_list("name", flat=True)} == {"Support", "Empty"}


def test_a_second_run_changes_nothing(declare):
    declare("support", READS)
    sync()
    before = everything()

    assert sync() == AS_DECLARED
    assert sync("--prune") == AS_DECLARED
    assert everything() == before
    assert AuditEvent.objects.filter(action="users.roles_synced").count() == 1


def test_a_dry_run_shows_the_same_and_saves_nothing(declare, make_role):
    make_role("support", READS)
    declare("support", WRITES)
    declare("editor", READS)
    before, events = everything(), AuditEvent.objects.count()

    shown = sync("--dry-run")

    assert everything() == before
    assert AuditEvent.objects.count() == events
    assert shown.endswith("Nothing was saved: this was a dry run.\n")
    assert shown.splitlines()[:-1] == sync().splitlines()[:-1]


def test_a_system_role_follows_the_code(declare, make_role):
    make_role("support", READS)
    grant("support", "auth.add_group")
    declare("support", WRITES)

    said = sync()

    assert said.splitlines() == [
        "support: changed",
        f"  + {WRITES}",
        "  - auth.add_group",
        f"  - {READS}",
        "Done.",
    ]
    assert permissions_of("support") == {WRITES}


def test_another_role_keeps_what_administrators_made_of_it(make_role):
    make_role("support", READS, is_system=False)
    grant("support", WRITES)

    said = sync()

    assert said.splitlines()[:2] == [
        "support: kept as it is here, which differs from the code",
        f"  - {WRITES}",
    ]
    assert permissions_of("support") == {READS, WRITES}


def test_the_code_may_take_over_and_let_go(declare, make_role):
    make_role("support", READS, is_system=False)
    grant("support", WRITES)

    declare("support", READS)
    sync()
    assert known_roles()["support"].is_system
    assert permissions_of("support") == {READS}

    declare("support", WRITES, is_system=False)
    sync()
    assert not known_roles()["support"].is_system
    assert permissions_of("support") == {READS}


def test_a_role_that_is_declared_no_more_stays_until_it_is_pruned(make_role, user):
    make_role("support", READS)
    user.groups.add(Group.objects.get())
    port.unregister("support")

    assert "support: no longer declared; --prune deletes it" in sync()
    assert user.has_perm(READS)
    assert "support: deleted" in sync("--prune")

    assert not Role.objects.exists()
    assert not Group.objects.exists()


def test_groups_that_are_no_roles_are_not_touched(declare, user):
    group = Group.objects.create(name="Support")
    user.groups.add(group)
    declare("support", READS)

    sync("--prune")

    assert not group.permissions.exists()
    assert [*user.groups.all()] == [group]
    role = Role.objects.get()
    assert role.group.name == "Support (support)"


def test_a_renamed_group_keeps_its_role_and_its_name(make_role, declare):
    make_role("support")
    Group.objects.update(name="Helpers")
    declare("support", READS)

    sync()

    assert Group.objects.get().name == "Helpers"
    assert permissions_of("support") == {READS}


@pytest.mark.parametrize(("language", "name"), [("en", "staff"), ("pt-br", "equipe")])
def test_a_group_is_called_in_the_language_of_the_project(
    declare, settings, language, name
):
    settings.LANGUAGE_CODE = language
    declare("crew", name=_("staff"))

    sync()

    assert Group.objects.get().name == name


def test_the_longest_name_fits(declare):
    Group.objects.create(name="x" * 150)
    declare("support", name="x" * 400)

    sync()

    assert Role.objects.get().group.name == "x" * 140 + " (support)"


def test_refuses_a_permission_that_does_not_exist(declare):
    declare("editor", READS)
    declare("support", "auth.view_groups", "shop.view_group")

    with pytest.raises(CommandError, match=r"auth.view_groups, shop.view_group\. Run"):
        sync()

    assert not Role.objects.exists()


def test_records_what_changed(declare, make_role):
    make_role("support")
    declare("support", READS)

    sync()

    event = AuditEvent.objects.filter(action="users.roles_synced").latest("pk")
    assert event.facts == {"roles": {"support": "changed"}}
    assert event.actor_id == ""


@pytest.mark.django_db(transaction=True)
def test_deployments_at_once_make_each_role_once(declare, at_once):
    for number in range(5):
        declare(f"role{number}", READS, WRITES)

    at_once(3, lambda _: SyncRoles.execute(SyncRolesInput()))

    assert len(known_roles()) == Group.objects.count() == 5
    assert {it.permissions for it in known_roles().values()} == {
        frozenset({READS, WRITES})
    }


@pytest.mark.django_db(transaction=True)
def test_deployments_at_once_change_each_role_once(declare, make_role, at_once):
    for number in range(5):
        make_role(f"role{number}", READS)
        declare(f"role{number}", WRITES)

    at_once(3, lambda _: SyncRoles.execute(SyncRolesInput(prune=True)))

    assert {it.permissions for it in known_roles().values()} == {frozenset({WRITES})}
    assert AuditEvent.objects.filter(action="users.roles_synced").count() == 6
