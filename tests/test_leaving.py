"""``docs/how-to/modules.md``: a module is taken out, or a model is swapped later."""

import pytest

from tests.processes import ROOT, run_python

pytestmark = pytest.mark.slow

BEGIN = """
import django
from django.core.management import call_command
django.setup()
from django.contrib.auth import get_user_model
from django.db import IntegrityError, connection
"""
USE = (
    BEGIN
    + """
call_command("migrate", verbosity=0)
from starterkit_auth.models import EmailAddress, Transport, session_model
from starterkit_core.services import audit
from starterkit_terms.models import acceptance_model, version_model
from starterkit_terms.use_cases.publish_document import *
from django.utils import timezone
from model_bakery import baker

user = get_user_model().objects.create_user("ada", "ada@example.com", "x")
text = DraftText(locale="en", title="Terms", source="Be kind.")
publish = PublishDocumentInput(key="terms", label="1", texts=[text])
version = PublishDocument.execute(publish)
baker.make(acceptance_model(), user=user, version=version)
baker.make(session_model(), user=user, confirmed_generation=0)
baker.make(EmailAddress, user=user)
audit.record("auth.signed_in", actor=user, subject=user)
"""
)
REMOVE = BEGIN + 'call_command("migrate", "{label}", "zero", verbosity=0)'
GO_ON = (
    BEGIN
    + """
call_command("migrate", verbosity=0)
call_command("check", databases=["default"], fail_level="WARNING")
call_command("makemigrations", check_changes=True, dry_run=True, verbosity=0)
call_command("remove_stale_contenttypes", include_stale_apps=True, interactive=False,
    verbosity=0)
left = [name for name in connection.introspection.table_names() if "{label}" in name]
assert left == [], left
get_user_model().objects.get(username="ada").delete()
"""
)
STUCK = (
    BEGIN
    + """
try:
    get_user_model().objects.get(username="ada").delete()
except IntegrityError:
    pass
else:
    raise AssertionError("not what the page says")
call_command("check", databases=["default"], fail_level="WARNING")
"""
)

SETTINGS = """
from tests.settings import *
from tests.settings import INSTALLED_APPS, MIDDLEWARE

AUTH_USER_MODEL = "auth.User"
DATABASES = {{
    "default": {{"ENGINE": "django.db.backends.sqlite3", "NAME": {database!r}}}
}}
INSTALLED_APPS = [app for app in INSTALLED_APPS if app not in {without!r}]
if "starterkit_auth" in {without!r}:
    REST_FRAMEWORK = {{"DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema"}}
if "starterkit_core" in {without!r}:
    MIDDLEWARE = [name for name in MIDDLEWARE if "starterkit" not in name]
    ROOT_URLCONF = "zz_urls"
    SPECTACULAR_SETTINGS = {{}}
"""
URLS = """
from django.contrib import admin
from django.urls import path

urlpatterns = [path("admin/", admin.site.urls)]
"""
HOST = """
INSTALLED_APPS = [*INSTALLED_APPS, "zz_some"]
"""
MODEL = """
from starterkit_auth.models import AbstractSession
from starterkit_terms.models import AbstractAcceptance

class {name}(Abstract{name}):
    class Meta(Abstract{name}.Meta):
        pass
"""
MODULES = ["starterkit_terms", "starterkit_users", "starterkit_auth"]


@pytest.fixture
def project(tmp_path):
    """Run code in a project with a database that stays, and these apps left out."""

    def run(code, *without, extra="", **words):
        database = str(tmp_path / "site.sqlite3")
        text = SETTINGS.format(database=database, without=without) + extra
        (tmp_path / "zz_settings.py").write_text(text, "utf-8")
        (tmp_path / "zz_urls.py").write_text(URLS, "utf-8")
        code = code.format(**words) if words else code
        return run_python("-c", code, settings="zz_settings", folder=tmp_path)

    return run


@pytest.mark.parametrize("label", MODULES)
def test_without_a_module_the_project_goes_on(project, label):
    assert project(USE) == ""

    assert project(REMOVE, label=label) == ""

    assert project(GO_ON, label, label=label) == ""


def test_without_our_modules_the_project_goes_on(project):
    gone = [*MODULES, "starterkit_core"]
    assert project(USE) == ""

    for number, label in enumerate(gone):
        assert project(REMOVE, *gone[:number], label=label) == ""

    gone += ["tests.sample.apps.SampleConfig"]
    assert project(GO_ON, *gone, label="starterkit_") == ""


def test_tables_that_were_left_are_named(project):
    assert project(USE) == ""

    said = project(STUCK, "starterkit_terms")

    assert "starterkit_core.W026" in said
    assert "migrate starterkit_terms zero" in said


@pytest.fixture
def host(tmp_path):
    """Write the app of a host with a model in place of ours; return its settings."""

    def make(name, setting):
        app = tmp_path / "zz_some"
        (app / "migrations").mkdir(parents=True)
        for package in (app, app / "migrations"):
            (package / "__init__.py").touch()
        (app / "models.py").write_text(MODEL.format(name=name), "utf-8")
        return HOST + f'{setting} = "zz_some.{name}"\n'

    return make


MIGRATE = BEGIN + 'call_command("makemigrations", "zz_some", verbosity=0)'
CHECK = BEGIN + 'call_command("check", databases=["default"], fail_level="WARNING")'


def test_a_module_with_a_swapped_model_is_taken_out(project, host):
    swapped = host("Acceptance", "STARTERKIT_TERMS_ACCEPTANCE_MODEL")
    assert project(MIGRATE, extra=swapped) == ""
    assert project(USE, extra=swapped) == ""

    assert project(REMOVE, extra=swapped, label="starterkit_terms") == ""

    assert project(GO_ON, "starterkit_terms", label="starterkit_terms") == ""


def test_a_model_is_swapped_later(project, host):
    swapped = host("Session", "STARTERKIT_AUTH_SESSION_MODEL")
    assert project(USE) == ""
    assert "starterkit_core.W025" in project(CHECK, extra=swapped)

    assert project(REMOVE, label="starterkit_auth") == ""

    assert project(MIGRATE, extra=swapped) == ""
    migrate = BEGIN + 'call_command("migrate", verbosity=0)'
    assert project(migrate, extra=swapped) == ""
    assert project(CHECK, extra=swapped) == ""


def test_the_page_names_every_module():
    page = (ROOT / "docs" / "how-to" / "modules.md").read_text("utf-8")

    assert all(f"| {label.removeprefix('starterkit_')}" in page for label in MODULES)
