"""Accounts of the host's own, with a proxy and a parent; two models are swapped."""

from tests import databases
from tests.hosts.base import *  # noqa: F403  # what every host has
from tests.hosts.base import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.hosts.erasure"]
DATABASES = {"default": databases.default(), "archive": databases.default()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "erasure.User"
STARTERKIT_AUTH_SESSION_MODEL = "erasure.Session"
STARTERKIT_TERMS_ACCEPTANCE_MODEL = "erasure.Acceptance"
