"""Mails that no worker sends are found before a deployment."""

from importlib.util import find_spec

import pytest
from django.core.checks import run_checks

from starterkit_core.services.mail import deliver
from starterkit_core.services.tasks import LIBRARIES, runs_at_once

LIBRARY = next(filter(find_spec, LIBRARIES), "")
W004 = "starterkit_core.W004"


@pytest.fixture(autouse=True)
def created():
    """Create the task with the settings of the project, before a test changes them."""
    assert runs_at_once(deliver)


def findings(*, deploy=True, number=W004):
    said = run_checks(tags=["starterkit"], include_deployment_checks=deploy)
    return [message for message in said if message.id == number]


def test_warns_of_mails_that_no_worker_sends():
    (found,) = findings()

    assert "lost when such a process is killed" in found.msg
    assert "starterkit-core[tasks]" in found.hint


def test_warns_only_before_a_deployment():
    assert findings(deploy=False) == []


@pytest.mark.skipif(not LIBRARY, reason="no tasks library is installed")
def test_is_content_with_a_queue(settings):
    settings.TASKS = {"default": {"BACKEND": f"{LIBRARY}.backends.dummy.DummyBackend"}}

    assert findings() == []


def test_a_project_can_silence_it(settings):
    settings.SILENCED_SYSTEM_CHECKS = [W004]

    assert [message.is_silenced() for message in findings()] == [True]


@pytest.mark.skipif(not LIBRARY, reason="no tasks library is installed")
def test_finds_a_project_whose_mails_cannot_be_queued(settings):
    settings.TASKS = {"others": {"BACKEND": f"{LIBRARY}.backends.dummy.DummyBackend"}}

    (found,) = findings(number="starterkit_core.E015")

    assert "No mail can be queued" in found.msg
    assert findings() == []
