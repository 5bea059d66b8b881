"""Fixtures of this module's own tests."""

from collections.abc import Callable, Iterator
from importlib.util import find_spec
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import Permission
from django.core.files.storage import Storage, storages
from django.utils import timezone
from model_bakery import baker
from rest_framework import serializers
from rest_framework.permissions import BasePermission

from starterkit_core.db.databases import rows_of
from starterkit_core.ports import (
    account_access,
    impersonation,
    preferences,
    recent_proof,
    roles,
)
from starterkit_core.ports.impersonation import Begun
from starterkit_core.ports.preferences import Preference, Writer
from starterkit_core.services.tasks import LIBRARIES
from starterkit_core.utils.secrets import Secret
from starterkit_core.utils.uuid7 import uuid7
from starterkit_users.conf import export_storage
from starterkit_users.models import AbstractUser, DataExport, avatar_model
from starterkit_users.services import avatar_files, new_accounts
from starterkit_users.use_cases.make_export import MakeExport, MakeExportInput
from starterkit_users.use_cases.sync_roles import SyncRoles, SyncRolesInput


@pytest.fixture
def with_addresses() -> None:
    """Skip the test where accounts have no address."""
    if not new_accounts.has_address():
        pytest.skip("The accounts of the project have no address.")


@pytest.fixture
def host_fields() -> Callable[[], dict[str, Any]]:
    """Values for the required fields that only a host's user model has."""

    def values() -> dict[str, Any]:
        model = get_user_model()
        ours = {field.name for field in AbstractUser._meta.get_fields()}
        fields = [it for it in model._meta.concrete_fields if not it.has_default()]
        sample = baker.prepare(model)
        return {
            it.name: getattr(sample, it.name) for it in fields if it.name not in ours
        }

    return values


@pytest.fixture
def administrator(make_user: Callable[..., AbstractBaseUser]) -> AbstractBaseUser:
    """A user who may view users; neither staff nor a superuser."""
    user: Any = make_user()
    _permit(user, "view")
    return user


@pytest.fixture
def busy_workers(settings: Any) -> None:
    """Let tasks wait: the queue takes them, and no worker comes."""
    library = next(filter(find_spec, LIBRARIES), None)
    if library is None:
        pytest.skip("Without a tasks library, there is no queue.")
    settings.TASKS = {"default": {"BACKEND": f"{library}.backends.dummy.DummyBackend"}}


@pytest.fixture(autouse=True)
def no_export_left() -> Iterator[None]:
    """Empty the storage of exports after each test."""
    yield
    if (storage := export_storage()) and storage.exists("exports"):
        for name in storage.listdir("exports")[1]:
            storage.delete(f"exports/{name}")


@pytest.fixture
def export_of() -> Callable[..., DataExport]:
    """Make an export of a user, with its file."""

    def make(user: AbstractBaseUser, **columns: Any) -> DataExport:
        export = DataExport.objects.create(user=user)
        MakeExport.execute(MakeExportInput(export_id=str(export.pk)))
        DataExport.objects.filter(pk=export.pk).update(
            updated_at=export.updated_at, **columns
        )
        return DataExport.objects.get(pk=export.pk)

    return make


SAMPLES = (
    Preference(key="shop.anything", field=serializers.JSONField, default=None),
    Preference(
        key="shop.credit",
        field=serializers.IntegerField,
        default=0,
        writer=Writer.ADMINISTRATOR,
    ),
    Preference(key="shop.mail", field=serializers.BooleanField, default=True),
    Preference(
        key="shop.note",
        field=lambda: serializers.CharField(max_length=5000),
        default="",
    ),
    Preference(
        key="shop.theme",
        field=lambda: serializers.ChoiceField(["light", "dark"]),
        default="light",
        about="The colours of the app.",
    ),
)


@pytest.fixture
def shop_preferences() -> Iterator[None]:
    """Preferences that a shop has declared."""
    preferences.register(*SAMPLES)
    yield
    for sample in SAMPLES:
        preferences.unregister(sample.key)


@pytest.fixture
def changer(administrator: AbstractBaseUser) -> AbstractBaseUser:
    """An administrator who may change users and add some, too."""
    _permit(administrator, "change")
    _permit(administrator, "add")
    return administrator


def _permit(user: Any, act: str) -> None:
    options = get_user_model()._meta
    permissions = rows_of(Permission).filter(
        content_type__app_label=options.app_label,
        codename=f"{act}_{options.model_name}",
    )
    user.user_permissions.add(*permissions)


@pytest.fixture
def avatar_storage(settings: Any) -> Callable[[], list[str]]:
    """A storage of avatars in memory; called, the names of its files."""
    memory = "django.core.files.storage.InMemoryStorage"
    options = {"base_url": "https://media.example.com/"}
    entry = {"BACKEND": memory, "OPTIONS": options}
    settings.STORAGES = settings.STORAGES | {"avatars": entry}
    return lambda: sorted(_names_in(storages["avatars"], ""))


def _names_in(storage: Storage, folder: str) -> Iterator[str]:
    folders, files = storage.listdir(folder)
    for name in folders:
        yield from _names_in(storage, f"{folder}/{name}".lstrip("/"))
    yield from (f"{folder}/{name}".lstrip("/") for name in files)


@pytest.fixture
def pictured(
    make_user: Callable[..., AbstractBaseUser], avatar_storage: Callable[[], list[str]]
) -> AbstractBaseUser:
    """A user with an avatar, whose files are in ``avatar_storage``."""
    user = make_user()
    saved = avatar_files.save({64: b"small", 256: b"large"})
    avatar_files.keep(saved.leftover)
    baker.make(avatar_model(), user_id=user.pk, files=saved.by_size)
    return user


@pytest.fixture
def declare() -> Iterator[Callable[..., roles.Role]]:
    """Declare a role, as a project does: ``declare("support", "auth.view_group")``."""
    keys: list[str] = []

    def register(key: str, *permissions: str, **columns: Any) -> roles.Role:
        name = columns.pop("name", key.title())
        role = roles.Role(key=key, name=name, permissions=permissions, **columns)
        roles.register(role)
        keys.append(key)
        return role

    yield register
    for key in keys:
        roles.unregister(key)


@pytest.fixture
def make_role(db: None, declare: Callable[..., roles.Role]) -> Callable[..., str]:
    """Declare a role and save it; returns its key."""

    def make(key: str, *permissions: str, **columns: Any) -> str:
        declare(key, *permissions, **columns)
        SyncRoles.execute(SyncRolesInput())
        return key

    return make


@pytest.fixture
def may(
    make_user: Callable[..., AbstractBaseUser], permit: Callable[..., None]
) -> Callable[..., AbstractBaseUser]:
    """``may("view", "change")`` is a user with these permissions on users.

    A name with a dot is any permission.
    """

    def make(*acts: str) -> AbstractBaseUser:
        user = make_user()
        permit(user, *acts)
        return user

    return make


@pytest.fixture
def permit() -> Callable[..., None]:
    """``permit(user, "view", "auth.view_group")`` gives permissions, like ``may``."""

    def give(user: Any, *acts: str) -> None:
        options = get_user_model()._meta
        for act in acts:
            name = f"{options.app_label}.{act}_{options.model_name}"
            app, codename = (act if "." in act else name).split(".")
            user.user_permissions.add(
                rows_of(Permission).get(content_type__app_label=app, codename=codename)
            )

    return give


@pytest.fixture
def manager(make_user: Callable[..., AbstractBaseUser]) -> AbstractBaseUser:
    """A user who may change users; neither staff nor a superuser."""
    user: Any = make_user()
    _permit(user, "change")
    return user


class RecordedAccess:
    """Stands for the module that has sessions, and notes what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []
        self.refusal: Exception | None = None
        self.number = 2
        self.is_new = True

    def end_sessions(self, user: Any, *, actor: Any, client: Any) -> int:
        self._note("end_sessions", user, actor)
        return self.number

    def send_password_reset(
        self, user: Any, *, actor: Any, client: Any, force: bool
    ) -> None:
        self._note("send_password_reset", user, actor, force)

    def confirm_address(self, user: Any, *, actor: Any, client: Any) -> bool:
        self._note("confirm_address", user, actor)
        return self.is_new

    def _note(self, *call: Any) -> None:
        if self.refusal:
            raise self.refusal
        self.asked.append(call)


@pytest.fixture
def access(monkeypatch: pytest.MonkeyPatch) -> RecordedAccess:
    """What was asked of the module that has sessions."""
    recorded = RecordedAccess()
    monkeypatch.setattr(account_access, "_provider", recorded)
    return recorded


@pytest.fixture
def supporter(make_user: Callable[..., AbstractBaseUser]) -> AbstractBaseUser:
    """A user who may impersonate users with fewer rights."""
    user: Any = make_user()
    options = get_user_model()._meta
    permissions = rows_of(Permission).filter(
        content_type__app_label=options.app_label,
        codename=f"impersonate_{options.model_name}",
    )
    user.user_permissions.add(*permissions)
    return user


class RecordedImpersonations:
    """Stands for the module that has sessions, and notes what it was asked."""

    raises = ()

    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []
        self.is_open = True

    def begin(self, user: Any, *, actor: Any, by: Any, client: Any) -> Begun:
        self.asked.append(("begin", user, actor))
        return Begun(
            id=uuid7(),
            user=user,
            access_token=Secret("ski_token"),
            expires_in=1_800,
            expires_at=timezone.now(),
        )

    def end(self, user: Any, *, actor: Any, client: Any) -> bool:
        self.asked.append(("end", user, actor))
        return self.is_open


@pytest.fixture
def impersonations(monkeypatch: pytest.MonkeyPatch) -> RecordedImpersonations:
    """What was asked of the module that has sessions."""
    recorded = RecordedImpersonations()
    monkeypatch.setattr(impersonation, "_provider", recorded)
    return recorded


class Proof:
    """Stands for the permission of the module that can ask for a recent proof."""

    is_recent = True


@pytest.fixture
def proof(monkeypatch: pytest.MonkeyPatch) -> Proof:
    """Whether the user has just proven who they are."""
    given = Proof()

    class HasProof(BasePermission):
        raises = ()

        def has_permission(self, request: Any, view: Any) -> bool:
            return given.is_recent

    monkeypatch.setattr(recent_proof, "_registered", [HasProof])
    return given
