"""Local time that is stored where the clocks change is found before a deployment."""

import pytest
from django.core.checks import run_checks


def findings(*, deploy=True):
    said = run_checks(tags=["starterkit"], include_deployment_checks=deploy)
    return [it for it in said if it.id == "starterkit_core.W006"]


@pytest.fixture
def naive(settings):
    settings.USE_TZ = False
    settings.TIME_ZONE = "Europe/Berlin"
    return settings


@pytest.mark.usefixtures("naive")
def test_warns_of_local_time_where_the_clocks_change():
    (found,) = findings()

    assert "up to an hour longer" in found.msg
    assert "USE_TZ = True" in found.hint


@pytest.mark.usefixtures("naive")
def test_warns_only_before_a_deployment():
    assert findings(deploy=False) == []


@pytest.mark.parametrize("zone", ["UTC", "America/Sao_Paulo"])
def test_is_content_where_the_clocks_never_change(naive, zone):
    naive.TIME_ZONE = zone

    assert findings() == []


def test_is_content_with_time_zones(settings):
    settings.TIME_ZONE = "Europe/Berlin"

    assert findings() == []
