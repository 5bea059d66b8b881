"""What ``manage.py check`` says about the dicts of the modules."""

from datetime import timedelta

import pytest
from django.core.checks import run_checks

from starterkit_core.conf import AppSettings, CoreSettings, Setting, conf, positive


class Sample(AppSettings):
    namespace = "STARTERKIT_SAMPLE"

    LIFETIME = Setting(timedelta(minutes=5), accepts=positive, expects="above zero")
    NAMES = Setting[frozenset[str]](frozenset(), example=frozenset({"auth"}))
    SHARE = Setting(0.5)
    ON = Setting(True)  # noqa: FBT003


def findings():
    return [m for m in run_checks(tags=["starterkit"]) if "STARTERKIT_" in m.msg]


def test_a_changed_setting_is_read_again(settings):
    before = conf.SITE_NAME
    settings.STARTERKIT_CORE = {"SITE_NAME": "Acme"}

    assert (before, conf.SITE_NAME) == ("Our service", "Acme")
    assert CoreSettings.SITE_NAME.default == "Our service"


def test_suggests_the_setting_that_was_meant(settings):
    settings.STARTERKIT_CORE = {"SITE_NAMES": "Acme"}

    (found,) = findings()

    assert found.id == "starterkit_core.E007"
    assert "Did you mean 'SITE_NAME'?" in found.hint


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"LIFETIME": 300}, "must be timedelta, not int"),
        ({"LIFETIME": timedelta(0)}, "must be above zero"),
        ({"NAMES": "admin"}, "must be tuple or list or set or frozenset, not str"),
        ({"SHARE": "half"}, "must be int or float, not str"),
        ({"SHARE": True}, "must be int or float, not bool"),
        ({"ON": 1}, "must be bool, not int"),
    ],
)
def test_names_an_invalid_value(settings, given, problem):
    settings.STARTERKIT_SAMPLE = given

    (found,) = findings()

    assert found.id == "starterkit_core.E008"
    assert problem in found.msg


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ({"LIFETIME": 300}, "'LIFETIME': timedelta(minutes=5)"),
        ({"NAMES": "admin"}, "'NAMES': {'auth'}"),
        ({"SHARE": "half"}, "'SHARE': 0.5"),
    ],
)
def test_shows_a_value_that_fits(settings, given, shown):
    settings.STARTERKIT_SAMPLE = given

    (found,) = findings()

    assert shown in found.hint


@pytest.mark.parametrize(
    "name", ["STARTERKIT_CORE", "STARTERKIT_SAMPLE", "STARTERKIT_OVERRIDES"]
)
@pytest.mark.parametrize("given", [["SITE_NAME"], "Acme", None])
def test_names_what_is_no_dict(settings, name, given):
    setattr(settings, name, given)

    (found,) = findings()

    assert found.id == "starterkit_core.E008"
    assert found.msg == f"{name} must be a dict, not {type(given).__name__}."
    assert f"{name} = {{…}}" in found.hint


def test_is_content_with_good_values(settings):
    settings.STARTERKIT_SAMPLE = {"NAMES": ["a"], "SHARE": 1, "ON": False}

    assert findings() == []
