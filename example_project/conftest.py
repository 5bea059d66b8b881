"""The example's own tests run on its own settings, as a host's tests do.

    pytest --ds=example_project.settings example_project

On other settings its apps are not installed, so nothing is collected here;
``tests/test_example_project.py`` starts the command above.
"""

import re
from importlib.util import find_spec

import pytest
from django.apps import apps
from django.urls import reverse

if not apps.is_installed("example_project.notes"):
    collect_ignore_glob = ["*"]


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    """Use a fast password hasher; the real one is slow on purpose."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def sign_up(api, mailbox):
    """Return a function that signs up and confirms it: that makes the account."""

    def call(**body):
        asked = api.post(reverse("starterkit_auth:registration"), body).json()
        [code] = re.findall(r"^\d{6}$", mailbox[-1].body, re.MULTILINE)
        proof = {"registration_token": asked["registration_token"], "code": code}
        return api.post(reverse("starterkit_auth:registration-confirmation"), proof)

    return call


@pytest.fixture(autouse=True)
def mails_without_a_worker(settings):
    """Run tasks at once, so that a test finds its mails."""
    library = "django.tasks" if find_spec("django.tasks") else "django_tasks"
    backend = f"{library}.backends.immediate.ImmediateBackend"
    settings.TASKS = {"default": {"BACKEND": backend}}
