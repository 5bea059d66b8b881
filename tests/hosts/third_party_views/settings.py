"""A live project: Django's users, views of a package with their own authenticator.

Its editors sign in to Django's administration; its exception handler is its own.
"""

from tests.hosts.base import *  # noqa: F403  # what every host has
from tests.hosts.base import REST_FRAMEWORK

ROOT_URLCONF = "tests.hosts.third_party_views.urls"
AUTH_USER_MODEL = "auth.User"
REST_FRAMEWORK = REST_FRAMEWORK | {
    "EXCEPTION_HANDLER": "tests.hosts.third_party_views.handler.answer"
}
