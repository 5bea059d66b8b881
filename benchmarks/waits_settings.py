"""The example's settings for ``waits.py``: over HTTP, with kept connections or not."""

import os

from example_project.settings import *  # noqa: F403  # all of them, as the example's
from example_project.settings import CACHES, DATABASES

SECURE_SSL_REDIRECT = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

if os.environ["WAITS"] == "new":
    DATABASES["default"] |= {"CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": False}
if os.environ["WAITS"] == "endless":
    DATABASES["default"] |= {"CONN_MAX_AGE": 0, "OPTIONS": {}, "ANSWER_TIMEOUT": None}
    CACHES["default"]["OPTIONS"] = {}
