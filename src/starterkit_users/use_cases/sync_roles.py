"""Makes the saved roles what the code declares, for ``sync_roles``."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import Group
from django.db import IntegrityError

from starterkit_core.db.conflicts import Conflict, is_duplicate
from starterkit_core.db.databases import rows_of
from starterkit_core.ports.roles import roles as declared_roles
from starterkit_core.services import audit
from starterkit_core.use_cases import Input, UseCase
from starterkit_users.errors import UnknownPermission
from starterkit_users.models import Role
from starterkit_users.services import role_differences, roles
from starterkit_users.services.role_differences import RoleChange
from starterkit_users.services.roles import KnownRole


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncRolesInput(Input):
    """Whether roles go that the code no longer declares, and whether it is for show."""

    prune: bool = False
    dry_run: bool = False


class SyncRoles(UseCase[SyncRolesInput, list[RoleChange]]):
    """Make a group of each declared role, and return what differed, by key.

    A system role gets the permissions that the code declares, and loses others. One
    that is none keeps those that it has. A role that the code no longer declares stays,
    unless ``prune`` says otherwise. Groups that are no roles are not touched.

    Raises:
        UnknownPermission: a declared permission is not saved.
    """

    raises = (UnknownPermission,)

    def run(self) -> list[RoleChange]:
        permissions = self.find_permissions()
        changes = self.compare(self.lock_roles())
        if not self.input.dry_run:
            self.create(changes, permissions)
            self.change(changes, permissions)
            self.delete(changes)
            self.record_event(changes)
        return changes

    def find_permissions(self) -> dict[str, Any]:
        """Return the id of each declared permission.

        Raises:
            UnknownPermission: there is none.
        """
        wanted = {
            str(it) for role in declared_roles().values() for it in role.permissions
        }
        found = roles.ids_of(wanted)
        if unknown := sorted(wanted - found.keys()):
            raise UnknownPermission(facts={"permissions": unknown})
        return found

    def lock_roles(self) -> dict[str, KnownRole]:
        """Return the saved roles by key; another sync waits."""
        return roles.lock_roles()

    def compare(self, saved: Mapping[str, KnownRole]) -> list[RoleChange]:
        """Return what differs, in the order of the keys."""
        return role_differences.differences(saved)

    def create(self, changes: list[RoleChange], permissions: dict[str, Any]) -> None:
        """Save the groups of new roles with their permissions.

        Raises:
            Conflict: another sync did it at the same time; then all starts anew.
        """
        for role in (declared_roles()[it.key] for it in changes if it.what == "new"):
            ids = [permissions[str(name)] for name in role.permissions]
            try:
                role_differences.create(role).permissions.add(*ids)
            except IntegrityError as error:
                if is_duplicate(error):
                    raise Conflict from error
                raise

    def change(self, changes: list[RoleChange], permissions: dict[str, Any]) -> None:
        """Save who decides what a role permits, and if the code does, what that is."""
        for change in (it for it in changes if it.what == "changed"):
            row = rows_of(Role).select_related("group").get(key=change.key)
            row.is_system = declared_roles()[change.key].is_system
            if row.is_system:
                row.group.permissions.add(*(permissions[it] for it in change.missing))
                row.group.permissions.remove(*roles.ids_of(change.more).values())
            row.save(update_fields=["is_system", "updated_at"])

    def delete(self, changes: list[RoleChange]) -> None:
        """Delete roles and groups that the code no longer declares, if it shall be.

        Their members lose what they permitted.
        """
        keys = [it.key for it in changes if it.what == "undeclared"]
        if self.input.prune and keys:
            rows_of(Group).filter(starterkit_role__key__in=keys).delete()

    def record_event(self, changes: list[RoleChange]) -> None:
        """Record which roles changed, if there are any."""
        kept = {"drifted"} if self.input.prune else {"drifted", "undeclared"}
        changed = {it.key: it.what for it in changes if it.what not in kept}
        if changed:
            audit.record("users.roles_synced", facts={"roles": changed})
