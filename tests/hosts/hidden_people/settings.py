"""The default manager of the user model leaves out people who were deleted."""

from tests.hosts.base import *  # noqa: F403  # what every host has
from tests.hosts.base import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.hosts.hidden_people"]
AUTH_USER_MODEL = "hidden_people.Person"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
