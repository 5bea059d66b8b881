"""A host that tests its own code, with Django's test runner and on SQLite.

On a developer's machine: the key is that of a new project, and there is no HTTPS.
"""

from tests.hosts.base import *  # noqa: F403  # what every host has
from tests.hosts.base import STARTERKIT_AUTH

SECRET_KEY = "django-insecure-" + 50 * "x"
STARTERKIT_AUTH |= {"COOKIE_SECURE": False}

DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
