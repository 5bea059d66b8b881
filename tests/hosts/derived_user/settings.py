"""A user model that inherits its columns from the table of another model."""

from tests.hosts.base import *  # noqa: F403  # what every host has
from tests.hosts.base import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.hosts.derived_user"]
AUTH_USER_MODEL = "derived_user.Member"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
