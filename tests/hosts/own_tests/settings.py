"""A host that tests its own code, with Django's test runner and on SQLite."""

from tests.hosts.base import *  # noqa: F403

DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
