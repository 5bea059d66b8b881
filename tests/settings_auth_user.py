"""All modules together in a project that keeps Django's own user model."""

from tests.settings import *  # noqa: F403  # all of them, but what follows

AUTH_USER_MODEL = "auth.User"
