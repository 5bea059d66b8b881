"""Migrations and system checks of whole projects, each in a process of its own."""

from itertools import combinations

import pytest

from tests.processes import run_python

FROM_NOTHING = """
import django
from django.core.management import call_command

django.setup()
call_command("check", fail_level="WARNING")
call_command("makemigrations", check_changes=True, dry_run=True)
call_command("migrate", verbosity=0)
"""

BEGIN = """
import importlib
import django
from django.core.management import call_command

django.setup()
call_command("makemigrations", "zz_some", verbosity=0)
importlib.invalidate_caches()
"""

DEPLOYED = """
import django
from django.core.management import call_command

django.setup()
call_command("check", deploy=True, fail_level="WARNING")
"""

A_HOST = """
from django.db import models
from starterkit_auth.models import AbstractSession
from starterkit_terms.models import AbstractAcceptance
from starterkit_terms.models import AbstractDocument
from starterkit_terms.models import AbstractVersion
from starterkit_users.models import AbstractUser
"""
A_MODEL = """
class {name}(Abstract{name}):
    extra = models.IntegerField()

    class Meta(Abstract{name}.Meta):
        pass
"""
ITS_SETTINGS = """
from tests.settings import *
from tests.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "zz_some"]
# True of these models: no step fills their column.
SILENCED_SYSTEM_CHECKS = ["starterkit_auth.W009", "starterkit_core.W015"]
"""
TERMS = ["Document", "Version", "Acceptance"]
SWAPS = {
    "Acceptance": "STARTERKIT_TERMS_ACCEPTANCE_MODEL",
    "Document": "STARTERKIT_TERMS_DOCUMENT_MODEL",
    "Session": "STARTERKIT_AUTH_SESSION_MODEL",
    "User": "AUTH_USER_MODEL",
    "Version": "STARTERKIT_TERMS_VERSION_MODEL",
}
SUBSETS = [
    *(subset for size in (1, 2) for subset in combinations(TERMS, size)),
    ("User", "Session"),
]

PROJECTS = {
    "our models": "tests.settings",
    "every model swapped": "tests.settings_swapped",
    "the user model of Django": "tests.settings_auth_user",
    "the example": "example_project.settings",
}


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param(
            settings, id=name, marks=[] if name == "the example" else pytest.mark.slow
        )
        for name, settings in PROJECTS.items()
    ],
)
def test_an_empty_database_is_migrated_and_no_migration_is_missing(settings, tmp_path):
    said = run_python("-c", FROM_NOTHING, settings=settings, folder=tmp_path)

    assert said == ""


def test_the_example_may_be_deployed(tmp_path):
    production = {
        "DEBUG": "no",
        "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
        "ALLOWED_HOSTS": "api.example.com",
        "REDIS_URL": "redis://127.0.0.1:6379/0",
        "MAIL_HOST": "mail.example.com",
    }

    example = {"settings": "example_project.settings", "folder": tmp_path}

    assert run_python("-c", DEPLOYED, **example, **production) == ""


def make_host(folder, names):
    """Write a project that swaps these models, and its app that has no migrations."""
    app = folder / "zz_some"
    (app / "migrations").mkdir(parents=True)
    for package in (app, app / "migrations"):
        (package / "__init__.py").touch()
    models = [A_MODEL.format(name=name) for name in names]
    (app / "models.py").write_text(A_HOST + "".join(models), "utf-8")
    chosen = [f'{SWAPS[name]} = "zz_some.{name}"\n' for name in names]
    (folder / "zz_settings.py").write_text(ITS_SETTINGS + "".join(chosen), "utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("names", SUBSETS, ids="+".join)
def test_a_host_may_swap_some_models_and_keep_others(names, tmp_path):
    make_host(tmp_path, names)

    said = run_python(
        "-c", BEGIN + FROM_NOTHING, settings="zz_settings", folder=tmp_path
    )

    assert said == ""
