"""No default database: every table is in one that has another name."""

from tests import databases
from tests.hosts.base import *  # noqa: F403  # what every host has

IDENTITY = {**databases.default(), "TEST": {"DEPENDENCIES": []}}
DATABASES = {"default": {}, "identity": IDENTITY}
DATABASE_ROUTERS = ["tests.hosts.no_default_database.routers.AllInIdentity"]
