"""A user model with a user name and a phone number beside the address."""

from tests.hosts.base import *  # noqa: F403  # what every host has
from tests.hosts.base import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.hosts.named_members"]
AUTH_USER_MODEL = "named_members.Member"
STARTERKIT_USERS = {"RESERVED_USERNAMES": ("acme",), "PHONE_REGION": "BR"}
