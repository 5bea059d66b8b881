"""The example as it ships, with a cheap hash: the tests are about everything else."""

from datetime import timedelta
from typing import Any

from example_project import settings as example
from example_project.settings import *  # noqa: F403  # the example as it is

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
NOTES = {"MAX_NOTES": 10_000}

# A minute is long for a test.
changes: dict[str, Any] = {"TASK_ABANDONED_AFTER": timedelta(seconds=6)}
STARTERKIT_CORE = example.STARTERKIT_CORE | changes
