"""The README of starterkit-users: a project has a user model of its own, as it says."""

import re

import pytest

from tests.processes import ROOT, run_python

pytestmark = pytest.mark.slow

README = (ROOT / "src" / "starterkit_users" / "README.md").read_text("utf-8")
BLOCK = re.compile(r"^```python\n# ([\w/]+)\.py\n(.*?)^```", re.MULTILINE | re.DOTALL)
BLOCKS = dict(BLOCK.findall(README))

BEFORE = "from tests.settings import *\nfrom tests.settings import INSTALLED_APPS\n"
USE = """
import django
from django.core.management import call_command
django.setup()
from django.test.utils import setup_test_environment
setup_test_environment()
from django.contrib.auth import get_user_model
from starterkit_core.testing.client import ApiClient

call_command("makemigrations", "accounts", verbosity=0)
call_command("migrate", verbosity=0)
call_command("check", databases=["default"], fail_level="WARNING")
call_command("makemigrations", check_changes=True, dry_run=True, verbosity=0)

User = get_user_model()
ada = User.objects.create_user("ada@example.com", username="ada", company="Engines")
assert User.objects.with_address("ADA@example.com").get().company == "Engines"
client = ApiClient()
client.force_authenticate(ada)
answer = client.get("/api/users/v1/me/").json()
assert answer["status"] == "active", answer
"""


@pytest.fixture
def folder(tmp_path):
    """Return the folder of a project with the files of the README."""
    app = tmp_path / "accounts"
    (app / "migrations").mkdir(parents=True)
    for package in (app, app / "migrations"):
        (package / "__init__.py").touch()
    (app / "models.py").write_text(BLOCKS["accounts/models"], "utf-8")
    settings = BEFORE + BLOCKS["settings"]
    (tmp_path / "zz_settings.py").write_text(settings, "utf-8")
    return tmp_path


def test_a_user_model_of_the_project_works(folder):
    assert run_python("-c", USE, settings="zz_settings", folder=folder) == ""
