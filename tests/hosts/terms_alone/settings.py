"""Terms without our sign-in, behind the tokens of DRF, with Django's users."""

from starterkit_core import presets
from tests.hosts.base import *  # noqa: F403  # what every host has
from tests.hosts.base import INSTALLED_APPS

ABSENT = {"starterkit_auth", "starterkit_users"}
INSTALLED_APPS = [
    *(app for app in INSTALLED_APPS if app not in ABSENT),
    "rest_framework.authtoken",
]
AUTH_USER_MODEL = "auth.User"
REST_FRAMEWORK = presets.rest_framework(
    ["rest_framework.authentication.TokenAuthentication"]
)
REST_FRAMEWORK["DEFAULT_PERMISSION_CLASSES"] += [
    "starterkit_core.permissions.PassesAccessGates"
]
ROOT_URLCONF = "tests.hosts.terms_alone.urls"
