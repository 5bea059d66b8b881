"""Employees have their passwords in a directory, customers here."""

from tests.hosts.base import *  # noqa: F403  # what every host has
from tests.hosts.base import STARTERKIT_AUTH

AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "tests.hosts.directory.backends.RemoteBackend",
    "tests.hosts.directory.backends.DirectoryBackend",
]
STARTERKIT_AUTH = {**STARTERKIT_AUTH, "ASK_BACKENDS": True}
