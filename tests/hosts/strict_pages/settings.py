"""A project with the presets for pages: a policy without other hosts."""

from starterkit_core import presets
from tests.hosts.base import *  # noqa: F403  # what every host has
from tests.hosts.base import MIDDLEWARE

MIDDLEWARE = presets.middleware(
    [
        "django.middleware.security.SecurityMiddleware",
        *MIDDLEWARE,
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ]
)
globals().update(presets.security(https=False))
