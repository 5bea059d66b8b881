"""Accounts, Django's own apps and ours in a second database; the host's in default."""

from tests import databases
from tests.hosts.base import *  # noqa: F403  # what every host has

IN_TRANSACTIONS = {**databases.default(), "ATOMIC_REQUESTS": True}
DATABASES = {"default": IN_TRANSACTIONS, "identity": {**IN_TRANSACTIONS}}
DATABASE_ROUTERS = ["tests.hosts.identity_database.routers.AccountsElsewhere"]
