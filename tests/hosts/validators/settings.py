"""Password validators that look at the person."""

from tests.hosts.base import *  # noqa: F403  # what every host has
from tests.hosts.base import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.hosts.validators"]
AUTH_USER_MODEL = "auth.User"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation."
        "UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["last_name", "email"]},
    },
    {"NAME": "tests.hosts.validators.history.HistoryValidator"},
]
STARTERKIT_OVERRIDES = {
    "starterkit_auth.v1.registration.post": {
        "request": "tests.hosts.validators.history.RegisterWithNameRequest"
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
