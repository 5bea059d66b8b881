"""The example as it ships, without HTTPS and behind one proxy, which the rig plays.

Clients of many networks are one header; so no limit has to be changed.
"""

import os
from typing import Any

from example_project import settings as example
from example_project.settings import *  # noqa: F403  # the example as it is
from starterkit_core import presets

SECURE_SSL_REDIRECT = False
proxies: dict[str, Any] = {"TRUSTED_PROXIES": 1}
STARTERKIT_CORE = example.STARTERKIT_CORE | proxies

if port := int(os.environ.get("LOAD_MAIL_PORT", "0")):
    globals().update(presets.mail(example.MAIL_HOST, port=port, tls=False))
if seconds := os.environ.get("LOAD_CONN_MAX_AGE"):
    example.DATABASES["default"]["CONN_MAX_AGE"] = int(seconds)
if os.environ.get("LOAD_HASHER") == "cheap":
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
