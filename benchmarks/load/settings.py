"""The example as it ships, without HTTPS and behind one proxy, which the rig plays.

Clients of many networks are one header; so no limit has to be changed.
"""

import os

import django

from example_project.settings import *  # noqa: F403  # the example as it is
from example_project.settings import STARTERKIT_CORE

SECURE_SSL_REDIRECT = False
STARTERKIT_CORE = {**STARTERKIT_CORE, "TRUSTED_PROXIES": 1}

if port := int(os.environ.get("LOAD_MAIL_PORT", "0")):
    if django.VERSION >= (6, 1):
        MAILERS["default"]["OPTIONS"]["port"] = port  # noqa: F405  # of the example
    else:
        EMAIL_PORT = port
if os.environ.get("LOAD_HASHER") == "cheap":  # to see everything but the hash
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
