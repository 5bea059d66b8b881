"""An API that lives: its own document, components, schemes and error answers."""

from tests.hosts.base import *  # noqa: F403  # what every host has
from tests.hosts.base import INSTALLED_APPS

ROOT_URLCONF = "tests.hosts.own_openapi.urls"
INSTALLED_APPS = [
    *INSTALLED_APPS,
    "rest_framework.authtoken",
    "tests.hosts.own_openapi.apps.ShopConfig",
]
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "starterkit_auth.authentication.SessionAuthentication",
        "rest_framework.authentication.SessionAuthentication",
        "rest_framework.authentication.TokenAuthentication",
        "tests.hosts.own_openapi.schemes.PartnerAuthentication",
    ],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Shop",
    "SERVE_INCLUDE_SCHEMA": False,
    "APPEND_COMPONENTS": {
        "responses": {"NotFound": {"description": "There is no such order."}},
        "schemas": {"TermsNature": {"type": "string", "enum": ["wood"]}},
    },
}
