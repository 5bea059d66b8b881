"""A user model with as little as Django allows, and with other names for it."""

from tests.hosts.base import *  # noqa: F403  # what every host has
from tests.hosts.base import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.hosts.bare_user"]
AUTH_USER_MODEL = "bare_user.Member"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
