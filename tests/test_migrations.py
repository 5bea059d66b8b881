"""Migrations and system checks of whole projects, each in a process of its own."""

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

DEPLOYED = """
import django
from django.core.management import call_command

django.setup()
call_command("check", deploy=True, fail_level="WARNING")
"""

PROJECTS = {
    "our models": "tests.settings",
    "every model swapped": "tests.settings_swapped",
    "the user model of Django": "tests.settings_auth_user",
    "the example": "example_project.settings",
}


@pytest.mark.parametrize("settings", PROJECTS.values(), ids=PROJECTS)
def test_a_project_is_built_from_nothing_and_nothing_is_left_to_migrate(
    settings, tmp_path
):
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
