"""A user model with columns that only the project can fill, and rules in ``save()``."""

from tests.hosts.base import *  # noqa: F403  # what every host has
from tests.hosts.base import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.hosts.required_column"]
AUTH_USER_MODEL = "required_column.Member"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.MD5PasswordHasher",
    "django.contrib.auth.hashers.ScryptPasswordHasher",
]
STARTERKIT_OVERRIDES = {
    "starterkit_auth.v1.registration.post": {
        "request": "tests.hosts.required_column.sign_up.RegisterMemberRequest",
    },
    "starterkit_auth.use_cases.create_account": (
        "tests.hosts.required_column.sign_up.CreateMember"
    ),
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
