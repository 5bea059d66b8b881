"""Values of Django settings that suit the modules; copy, change, compose.

Plain functions that import no Django, so a settings file can call them. One that is
called like a setting returns its value::

    CACHES = {"default": presets.cache("redis://cache:6379/0")}

``security()`` and ``mail()`` return several settings by name. What stands below wins::

    globals().update(presets.security(https_header="X-Forwarded-Proto"))
    SECURE_HSTS_SECONDS = 3600  # for the first days
"""

from starterkit_core.presets.api import (
    openapi,
    rest_framework,
    rest_framework_beside,
)
from starterkit_core.presets.cache import cache
from starterkit_core.presets.databases import (
    CONNECT_SECONDS,
    LOCK_SECONDS,
    STATEMENT_SECONDS,
    database,
)
from starterkit_core.presets.logs import logging
from starterkit_core.presets.mail import MAIL_SECONDS, mail, mail_in_folder
from starterkit_core.presets.passwords import password_hashers
from starterkit_core.presets.security import HSTS_SECONDS, middleware, security
from starterkit_core.presets.sentry import sentry
from starterkit_core.presets.storages import MANIFEST, PLAIN_STATIC, storages
from starterkit_core.presets.tasks import RQ, rq_queue, tasks, tasks_apps

__all__ = [
    "CONNECT_SECONDS",
    "HSTS_SECONDS",
    "LOCK_SECONDS",
    "MAIL_SECONDS",
    "MANIFEST",
    "PLAIN_STATIC",
    "RQ",
    "STATEMENT_SECONDS",
    "cache",
    "database",
    "logging",
    "mail",
    "mail_in_folder",
    "middleware",
    "openapi",
    "password_hashers",
    "rest_framework",
    "rest_framework_beside",
    "rq_queue",
    "security",
    "sentry",
    "storages",
    "tasks",
    "tasks_apps",
]
