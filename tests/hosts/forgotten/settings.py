"""A project with a queue, a cache and files in folders, from which a person goes."""

from tempfile import mkdtemp

import django

from starterkit_core import presets
from tests.hosts.base import *  # noqa: F403  # what every host has
from tests.hosts.base import INSTALLED_APPS

FOLDER = mkdtemp(prefix="starterkit-forgotten-")
STORAGES = presets.storages(f"{FOLDER}/private", static=presets.PLAIN_STATIC)
MEDIA_ROOT = f"{FOLDER}/media"
TASKS = presets.tasks("database")
INSTALLED_APPS = [
    *INSTALLED_APPS,
    *presets.tasks_apps("database", django=django.VERSION),
]
