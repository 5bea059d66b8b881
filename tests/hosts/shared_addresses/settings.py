"""Django's own users, old ones: some share an address, some have none or half of one."""

from tests.hosts.base import *  # noqa: F403

AUTH_USER_MODEL = "auth.User"
