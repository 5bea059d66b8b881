"""A site whose last URL serves pages of every path, as that of Wagtail does."""

from tests.hosts.base import *  # noqa: F403  # what every host has
from tests.hosts.base import MIDDLEWARE

ROOT_URLCONF = "tests.hosts.catch_all.urls"
MIDDLEWARE = [*MIDDLEWARE, "django.middleware.csrf.CsrfViewMiddleware"]
