"""A user model whose username and address have room for few characters."""

from tests.hosts.base import *  # noqa: F403  # what every host has
from tests.hosts.base import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.hosts.short_username"]
AUTH_USER_MODEL = "short_username.Member"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
