"""What the probes of a balancer and the monitor of an operator see of the example."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

TOKEN = "a-token-of-monitors-only"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def with_a_worker(settings, tuner, mails_without_a_worker):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    tuner("STARTERKIT_CORE")(HEALTH_TOKEN=TOKEN)


def due(*, minutes):
    """Save a task that has been due for so long."""
    DBTaskResult.objects.create(
        args_kwargs={"args": [], "kwargs": {}},
        task_path="example_project.nothing",
        backend_name="default",
        run_after=timezone.now() - timedelta(minutes=minutes),
    )


def details():
    headers = {"Authorization": f"Bearer {TOKEN}"}
    return Client().get("/readyz", {"verbose": ""}, headers=headers).json()


def test_the_example_lives_and_is_ready():
    said = [Client().get(path).json() for path in ("/livez", "/readyz")]

    assert said == [{"status": "alive"}, {"status": "ready"}]


def test_a_task_that_is_due_for_long_degrades():
    due(minutes=7)

    said = details()

    assert (said["status"], said["failing"]) == ("degraded", ["tasks"])
    detail = said["checks"]["tasks"]["detail"]
    assert re.fullmatch(r"The oldest task has been due for 4\d\d seconds\.", detail)
    assert Client().get("/readyz").json() == {"status": "ready"}


@pytest.mark.parametrize("minutes", [2, -60])
def test_a_task_that_is_young_or_for_later_does_not(minutes):
    due(minutes=minutes)

    assert details()["status"] == "ready"
