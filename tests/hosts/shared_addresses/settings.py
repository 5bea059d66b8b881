"""Django's own user model, with old rows that share an address or have none."""

from tests.hosts.base import *  # noqa: F403  # what every host has

AUTH_USER_MODEL = "auth.User"
