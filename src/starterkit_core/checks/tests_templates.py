"""What ``manage.py check`` says about the templates of mails and pages."""

import pytest
from django.core.checks import run_checks

DJANGO = "django.template.backends.django.DjangoTemplates"


def found():
    return [m for m in run_checks(tags=["starterkit"]) if m.id.endswith("core.E026")]


@pytest.mark.parametrize("given", [[], [{"BACKEND": DJANGO, "DIRS": ["templates"]}]])
def test_names_the_setting_without_which_no_template_of_an_app_is_found(
    settings, given
):
    settings.TEMPLATES = given

    (message,) = found()

    assert "APP_DIRS" in message.hint


def test_accepts_an_engine_that_finds_them(settings):
    settings.TEMPLATES = [{"BACKEND": DJANGO, "APP_DIRS": True}]

    assert found() == []
