"""Other ways to sign in, in front of ours: a project that moves to us slowly."""

from tests.hosts.base import *  # noqa: F403  # what every host has
from tests.hosts.base import INSTALLED_APPS, REST_FRAMEWORK

ROOT_URLCONF = "tests.hosts.side_by_side.urls"
INSTALLED_APPS = [*INSTALLED_APPS, "rest_framework.authtoken", "knox"]

OURS = "starterkit_auth.authentication.SessionAuthentication"
JWT = "rest_framework_simplejwt.authentication.JWTAuthentication"

# The wrong order, which a project may have for reasons of its own.
REST_FRAMEWORK = {**REST_FRAMEWORK, "DEFAULT_AUTHENTICATION_CLASSES": [JWT, OURS]}
REST_KNOX = {"AUTH_HEADER_PREFIX": "Bearer"}
