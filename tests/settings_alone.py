"""Only the installed modules, on Django's own user model if users is not one."""

from importlib.util import find_spec

from tests.settings import *  # noqa: F403  # all of them, but what follows
from tests.settings import INSTALLED_APPS, REST_FRAMEWORK

INSTALLED_APPS = [
    app for app in INSTALLED_APPS if not app.startswith("starterkit_") or find_spec(app)
]
if not find_spec("starterkit_users"):
    AUTH_USER_MODEL = "auth.User"
if not find_spec("starterkit_auth"):
    REST_FRAMEWORK = {
        name: value
        for name, value in REST_FRAMEWORK.items()
        if name != "DEFAULT_AUTHENTICATION_CLASSES"
    }
