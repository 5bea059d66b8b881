"""Requests that lack the slash at the end, with views of the project's own."""

from tests.hosts.base import *  # noqa: F403  # what every host has

ROOT_URLCONF = "tests.hosts.slashes.urls"
