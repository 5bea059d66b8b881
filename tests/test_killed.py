"""A process that is killed leaves the whole effect and its answer, or neither."""

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from http import HTTPStatus

import pytest
from django.db import connection

from starterkit_core.models import KeptAnswer
from tests.processes import ROOT, python_path
from tests.sample.models import Thing

URL = "/api/sample/v1/things/"
BODY = {"name": "Lamp"}
KEY = {"Idempotency-Key": "8e03978e-40d5-43dd-bc93-6894a57f9324"}
KILLED = 9

SENDS = """
import json, os, sys, time
import django
django.setup()
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import setup_test_environment
from rest_framework.test import APIClient

setup_test_environment()
pk, url, body, key, when, seconds = json.loads(sys.argv[1])
commit = connection.commit

def die():
    print("at the commit", flush=True)
    time.sleep(seconds)
    if when == "after the commit":
        commit()
    os._exit(9)

client = APIClient()
client.force_authenticate(get_user_model()._base_manager.get(pk=pk))
connection.commit = die
client.post(url, body, format="json", headers=key)
"""

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        "connection.vendor == 'sqlite'", reason="Two processes need one database."
    ),
]

each_moment = pytest.mark.parametrize(
    ("when", "is_done"), [("before the commit", False), ("after the commit", True)]
)


@contextmanager
def dying_process(user, when, seconds=0):
    """Send the request in a process that waits at its commit and is killed then."""
    given = json.dumps([str(user.pk), URL, BODY, KEY, when, seconds])
    own = connection.settings_dict
    scheme = {"postgresql": "postgres"}.get(connection.vendor, connection.vendor)
    login = f"{own['USER']}:{own['PASSWORD']}@{own['HOST']}:{own['PORT']}"
    settings = {
        "DATABASE_URL": f"{scheme}://{login}/{own['NAME']}",
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "PYTHONPATH": python_path(),
    }
    with subprocess.Popen(  # noqa: S603  # this very Python
        [sys.executable, "-c", SENDS, given],
        cwd=ROOT,
        env={**os.environ, **settings},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout.readline() == "at the commit\n"
        yield
    assert process.returncode == KILLED


@each_moment
def test_a_retry_after_the_process_was_killed_has_the_effect_once(
    client_of, user, when, is_done
):
    with dying_process(user, when):
        pass
    left = (Thing.objects.count(), KeptAnswer.objects.count())

    retry = client_of(user).post(URL, BODY, headers=KEY)

    assert left == ((1, 1) if is_done else (0, 0))
    assert retry.status_code == HTTPStatus.CREATED
    assert ("Idempotency-Replayed" in retry.headers) is is_done
    assert retry.json()["id"] == str(Thing.objects.get().pk)


@each_moment
def test_a_retry_that_waits_while_the_process_is_killed_has_the_effect_once(
    client_of, user, when, is_done
):
    """The two have no cache in common, so no claim tells the second to come later."""
    with dying_process(user, when, seconds=1):
        retry = client_of(user).post(URL, BODY, headers=KEY)

    assert retry.status_code == HTTPStatus.CREATED
    assert ("Idempotency-Replayed" in retry.headers) is is_done
    assert retry.json()["id"] == str(Thing.objects.get().pk)
    assert KeptAnswer.objects.count() == 1
