"""A project whose tasks are in the database."""

import django

from starterkit_core import presets
from tests.hosts.base import *  # noqa: F403  # what every host has
from tests.hosts.base import INSTALLED_APPS

TASKS = presets.tasks("database")
INSTALLED_APPS = [
    *INSTALLED_APPS,
    *presets.tasks_apps("database", django=django.VERSION),
]
