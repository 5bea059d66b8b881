"""Reads go to a replica, which here never catches up: it stays as it was migrated."""

from tests import databases
from tests.hosts.base import *  # noqa: F403  # what every host has

DATABASES = {"default": databases.default(), "replica": databases.default()}
DATABASE_ROUTERS = ["tests.hosts.replica.routers.ReadsFromReplica"]
AUTH_USER_MODEL = "auth.User"
