"""Mails that no worker sends are found before a deployment."""

from importlib.util import find_spec

import pytest
from django.contrib import admin
from django.core.checks import run_checks

from starterkit_core import presets
from starterkit_core.services.mail import deliver
from starterkit_core.services.tasks import LIBRARIES, runs_at_once

LIBRARY = next(filter(find_spec, LIBRARIES), "")
W004 = "starterkit_core.W004"


@pytest.fixture(autouse=True)
def created():
    """Create the task with the settings of the project, before a test changes them."""
    assert runs_at_once(deliver)


@pytest.fixture
def administration_put_back():
    """Remove the pages that an app adds to the administration when it is installed."""
    before = {**admin.site._registry}
    yield
    admin.site._registry = before  # Django may have replaced the dict meanwhile


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


@pytest.mark.skipif(
    not find_spec("django_tasks_rq"), reason="django-tasks-rq is not installed"
)
@pytest.mark.parametrize(("rq", "number"), [({}, 1), (presets.RQ, 0)])
@pytest.mark.usefixtures("administration_put_back")
def test_warns_of_jobs_that_are_lost_with_their_worker(settings, rq, number):
    settings.INSTALLED_APPS = [*settings.INSTALLED_APPS, "django_rq"]
    settings.RQ_QUEUES = {"default": presets.rq_queue("redis://127.0.0.1:1/0")}
    settings.TASKS = presets.tasks("rq")
    settings.RQ = rq

    assert len(findings(number="starterkit_core.W055")) == number
