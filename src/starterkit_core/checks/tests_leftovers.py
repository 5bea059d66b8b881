"""Settings that stayed behind when a module went, or that are misspelt."""

import pytest
from django.core.checks import run_checks


def findings():
    said = run_checks(tags=["starterkit"])
    return [message for message in said if message.id == "starterkit_core.W014"]


@pytest.mark.parametrize("name", ["STARTERKIT_GONE", "STARTERKIT_GONE_THING_MODEL"])
def test_names_a_setting_that_no_app_reads(settings, name):
    setattr(settings, name, {})

    (found,) = findings()

    assert name in found.msg
    assert "INSTALLED_APPS" in found.hint


def test_suggests_the_name_that_was_meant(settings):
    settings.STARTERKIT_COER = {"SITE_NAME": "Acme"}

    (found,) = findings()

    assert "Did you mean 'STARTERKIT_CORE'?" in found.hint


def test_is_content_with_what_is_read(settings):
    settings.STARTERKIT_CORE = {"SITE_NAME": "Acme"}
    settings.STARTERKIT_OVERRIDES = {}

    assert findings() == []
