"""Accounts, Django's own apps and ours in a second database; the host's in default."""

from tests import databases
from tests.hosts.base import *  # noqa: F403

DATABASES = {"default": databases.default(), "identity": databases.default()}
DATABASE_ROUTERS = ["tests.hosts.identity_database.routers.AccountsElsewhere"]
