"""Every view asks for a sign-in, unless it says that it does not."""

from tests.hosts.base import *  # noqa: F403  # what every host has
from tests.hosts.base import MIDDLEWARE

MIDDLEWARE = [
    *MIDDLEWARE,
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
]
