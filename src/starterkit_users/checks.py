"""System checks of this app.

E001  django-guardian would save an anonymous user whose name is no address
E002  the user model has a phone number, but phonenumberslite is not installed
E050  a declared role has a malformed key, name or permission
E010  avatars are in a storage whose files have no URL
I010  there are no avatars, because Pillow is not installed
W010  avatars are in the default storage (only with ``--deploy``)
W011  avatars are in the folder in which the process was started
W020  there is no storage for exports of personal data (only with ``--deploy``)
W030  staff may give themselves rights in the administration (only with ``--deploy``)
W050  a declared role has a permission that no model has
W051  a declared role differs from what is saved (only with ``--database``, too)
W080  no storage has the files of imports, which are absent (only with ``--deploy``)
W040  the search inside of addresses and names needs PostgreSQL
W041  that search has no index (only with ``--database``)
"""

import re
from difflib import get_close_matches
from importlib import import_module
from typing import Any

from django.apps import apps
from django.conf import DEFAULT_STORAGE_ALIAS, settings  # noqa: TID251  # not ours
from django.contrib.auth import get_user_model
from django.core.checks import CheckMessage, Tags, register
from django.core.files.storage import FileSystemStorage, InvalidStorageError, Storage
from django.http import HttpRequest
from django.utils.functional import Promise

from starterkit_core.addresses import canonical_email
from starterkit_core.checks.messages import error, info, warning
from starterkit_core.checks.unmigrated import asks_accounts
from starterkit_core.ports import roles as port
from starterkit_users.conf import conf
from starterkit_users.models import AbstractUser, PhoneField
from starterkit_users.models.role import KEY
from starterkit_users.services import (
    avatar_files,
    avatars,
    data_exports,
    jobs,
    pictures,
)
from starterkit_users.services.role_differences import differences
from starterkit_users.services.roles import has_roles, known_roles
from starterkit_users.services.substring_search import SearchIndex, is_on, is_possible
from starterkit_users.utils.phones import is_installed


@register("starterkit")
def check_guardian(**kwargs: Any) -> list[CheckMessage]:
    """E001: otherwise ``migrate`` ends in a ``ValueError`` that names neither."""
    ours = issubclass(get_user_model(), AbstractUser)
    if not ours or not apps.is_installed("guardian"):
        return []
    name = getattr(settings, "ANONYMOUS_USER_NAME", "AnonymousUser")
    if name is None or _is_address(name):
        return []
    text = f"django-guardian saves an anonymous user called {name!r}, no address."
    hint = (
        "Set ANONYMOUS_USER_NAME = None, or to an address of yours, such as "
        "'anonymous@example.com'."
    )
    return [error("starterkit_users.E001", text, hint)]


@register("starterkit", deploy=True)
def check_exports(**kwargs: Any) -> list[CheckMessage]:
    """W020: users cannot have their data, because its files have no place."""
    if data_exports.are_possible():
        return []
    text = (
        f"STORAGES has no entry {conf.EXPORT_STORAGE!r}, so the endpoints of "
        "me/exports/ are absent."
    )
    hint = (
        "Add it: STORAGES = presets.storages(private='/srv/private'). Silence this if "
        "users get their data in another way."
    )
    return [warning("starterkit_users.W020", text, hint)]


@register("starterkit")
def check_phones(**kwargs: Any) -> list[CheckMessage]:
    """E002: otherwise each save of a number ends in an ``ImportError``."""
    fields = get_user_model()._meta.concrete_fields
    if is_installed() or not any(isinstance(it, PhoneField) for it in fields):
        return []
    text = "The user model has a phone number, but phonenumberslite is not installed."
    return [error("starterkit_users.E002", text, "pip install starterkit-users[phone]")]


@register("starterkit", deploy=True)
def check_ranks(**kwargs: Any) -> list[CheckMessage]:
    """W030: an administration of users or groups that lets staff rise."""
    if not apps.is_installed("django.contrib.admin"):
        return []
    rising = [it for it in _administrations() if not _is_safe(it)]
    if not rising:
        return []
    names = ", ".join(f"{type(it).__module__}.{type(it).__name__}" for it in rising)
    text = f"Staff can give themselves rights that they lack: {names}."
    hint = "Put RankedUserAdmin or RankedGroupAdmin before its base class."
    return [warning("starterkit_users.W030", text, hint)]


@register("starterkit")
def check_substring_search(**kwargs: Any) -> list[CheckMessage]:
    """W040: a setting that does nothing on this database."""
    if not conf.SUBSTRING_SEARCH or is_possible():
        return []
    text = "SUBSTRING_SEARCH is on, and the accounts are not in PostgreSQL."
    hint = "Switch it off: the search finds what addresses begin with."
    return [warning("starterkit_users.W040", text, hint)]


@register(Tags.database)
@asks_accounts
def check_substring_index(**kwargs: Any) -> list[CheckMessage]:
    """W041: without its index, each search reads the whole table of users."""
    if not is_on():
        return []
    index = SearchIndex()
    if (state := index.state()) == "ready":
        return []
    text = f"SUBSTRING_SEARCH is on, and the index {index.name} is {state}."
    hint = "Run manage.py users_search_index."
    return [warning("starterkit_users.W041", text, hint)]


@register("starterkit", deploy=True)
def check_import_storage(**kwargs: Any) -> list[CheckMessage]:
    """W080: the endpoints of imports are absent."""
    if jobs.storage() is not None:
        return []
    text = f"STORAGES has no {jobs.STORAGE!r}, so the endpoints of imports are absent."
    hint = "Add the entry; starterkit_core.presets.storages() has one."
    return [warning("starterkit_users.W080", text, hint)]


@register("starterkit")
def check_roles(**kwargs: Any) -> list[CheckMessage]:
    """E050 and W050: what the code declares of roles."""
    found, known = [], _permissions_of_models()
    for role in port.roles().values():
        if problem := _problem_with(role):
            hint = "Correct what is passed to starterkit_core.ports.roles.register()."
            text = f"The role {role.key!r} {problem}."
            found.append(error("starterkit_users.E050", text, hint))
            continue
        for name in sorted({str(it) for it in role.permissions} - known):
            text = f"The role {role.key!r} has the permission {name}, of no model."
            near = get_close_matches(name, known, 1)
            hint = f"Did you mean {near[0]}?" if near else "sync_roles refuses it, too."
            found.append(warning("starterkit_users.W050", text, hint))
    return found


@register(Tags.database, deploy=True)
@asks_accounts
def check_synced_roles(**kwargs: Any) -> list[CheckMessage]:
    """W051: ``sync_roles`` has not run since the roles changed."""
    changes = differences(known_roles()) if has_roles() else []
    names = [change.key for change in changes if change.what != "drifted"]
    if not names:
        return []
    text = f"These roles are not saved as they are declared: {', '.join(names)}."
    hint = "Run sync_roles; with --dry-run it shows how they differ."
    return [warning("starterkit_users.W051", text, hint)]


def _problem_with(role: Any) -> str:
    """Return what is wrong with a declared role, or ``""``."""
    if not isinstance(role.key, str) or not re.match(KEY, role.key):
        return "has a malformed key"
    if not isinstance(role.name, (str, Promise)) or not str(role.name).strip():
        return "has no name"
    if isinstance(role.permissions, (str, Promise)):
        return "has one text as its permissions, not a tuple"
    malformed = [it for it in role.permissions if str(it).count(".") != 1]
    return f"has the malformed permission {malformed[0]!r}" if malformed else ""


def _permissions_of_models() -> set[str]:
    """Return the permissions that ``migrate`` makes for the installed models."""
    return {
        f"{model._meta.app_label}.{codename}"
        for model in apps.get_models()
        for codename in (
            *(
                f"{it}_{model._meta.model_name}"
                for it in model._meta.default_permissions
            ),
            *(name for name, _ in model._meta.permissions),
        )
    }


def _administrations() -> list[Any]:
    site: Any = import_module("django.contrib.admin").site
    kinds = (get_user_model(), import_module("django.contrib.auth.models").Group)
    models = (it for it in apps.get_models() if issubclass(it, kinds))  # proxies, too
    return [site.get_model_admin(it) for it in models if site.is_registered(it)]


def _is_safe(administration: Any) -> bool:
    """Return whether it heeds ranks, or changes no row for staff who may do all."""
    ranked = import_module("starterkit_users.ranked_admin").RankedAdmin
    request = HttpRequest()
    request.user = _AllPermissions()  # type: ignore[assignment]  # enough to ask
    return isinstance(
        administration, ranked
    ) or not administration.has_change_permission(request)


@register("starterkit")
def check_pillow(**kwargs: Any) -> list[CheckMessage]:
    """I010: the endpoints of avatars are absent, and so is the field."""
    if not conf.AVATAR_SIZES or pictures.can_be_made():
        return []
    text = "Users have no avatars here, because Pillow is not installed."
    hint = (
        "Install starterkit-users[avatars], or set STARTERKIT_USERS['AVATAR_SIZES'] "
        "to () if you need none."
    )
    return [info("starterkit_users.I010", text, hint)]


@register("starterkit")
def check_avatar_urls(**kwargs: Any) -> list[CheckMessage]:
    """E010 and W011: where the files of avatars are, clients cannot fetch them."""
    storage = _storage_of_avatars()
    if storage is None:
        return []
    name, found = f"STORAGES[{avatar_files.alias()!r}]", []
    if not avatar_files.has_urls(storage):
        text = f"The files of avatars have no URL, because {name} has no base_url."
        hint = "Name a storage with URLs in STORAGES['avatars']."
        found.append(error("starterkit_users.E010", text, hint))
    if isinstance(storage, FileSystemStorage) and not storage.base_location:
        text = f"{name} writes avatars to the folder in which the process was started."
        hint = "Set MEDIA_ROOT, or the location of STORAGES['avatars']."
        found.append(warning("starterkit_users.W011", text, hint))
    return found


@register("starterkit", deploy=True)
def check_avatar_storage(**kwargs: Any) -> list[CheckMessage]:
    """W010: what holds for all other files of the project holds for avatars, too."""
    if _storage_of_avatars() is None or avatar_files.alias() != DEFAULT_STORAGE_ALIAS:
        return []
    text = "Avatars are in the default storage, as STORAGES has no entry 'avatars'."
    hint = "Add one, so that they can be public while other files are not."
    return [warning("starterkit_users.W010", text, hint)]


def _storage_of_avatars() -> Storage | None:
    """Return the storage; None without avatars, or if Django says what is wrong."""
    try:
        return avatar_files.storage() if avatars.are_offered() else None
    except InvalidStorageError:
        return None


class _AllPermissions:
    """Staff with every permission."""

    is_active = is_staff = True

    def has_perm(self, name: str, obj: Any = None) -> bool:
        return True


def _is_address(name: str) -> bool:
    try:
        canonical_email(name)
    except ValueError:
        return False
    return True
