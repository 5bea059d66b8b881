"""A project that reports to Sentry, as it runs under gunicorn.

Every use case of ours has a bug in it, and so have the views of the project.
"""

import os
from importlib.util import find_spec

import django
import sentry_sdk

from starterkit_core import presets
from tests.settings import *  # noqa: F403  # what differs, stands below

SECRET_KEY = os.environ["SECRET_KEY"]
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "tests.security.reporting.urls"
DATABASES = {
    "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.environ["DATABASE"]}
}
INSTALLED_APPS = [*INSTALLED_APPS, "django_tasks_db"]  # noqa: F405  # of the base
TASKS = {
    "default": {"BACKEND": "django_tasks_db.DatabaseBackend"},
    "now": {"BACKEND": f"{os.environ['TASKS']}.backends.immediate.ImmediateBackend"},
}
if os.environ["TASKS"] == "django_tasks":
    INSTALLED_APPS.insert(0, "django_tasks")
if os.environ.get("REDIS_URL"):
    CACHES = {"default": presets.cache(os.environ["REDIS_URL"])}
if os.environ.get("REDIS_URL") and find_spec("django_tasks_rq"):
    TASKS["rq"] = presets.tasks("rq")["default"]
    apps = presets.tasks_apps("rq", django=django.VERSION)
    INSTALLED_APPS += [app for app in apps if app not in INSTALLED_APPS]
    RQ = presets.RQ
    RQ_QUEUES = {"default": presets.rq_queue(os.environ["REDIS_URL"])}

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "root": {"level": "INFO", "handlers": []},
}
STARTERKIT_OVERRIDES = {
    key: f"tests.security.reporting.bugs.{key.replace('.', '_')}"
    for key in os.environ["BROKEN"].split()
}
sentry_sdk.init(
    **presets.sentry(
        os.environ["DSN"],
        environment="staging",
        release="shop@1.2.3",
        traces_sample_rate=float(os.environ.get("TRACES", "1")),
        headers=["X-Shop"],
    )
)
