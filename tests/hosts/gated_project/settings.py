"""The live project of ``third_party_views``, whose gate guards every view."""

from tests.hosts.third_party_views.settings import *  # noqa: F403  # its base
from tests.hosts.third_party_views.settings import REST_FRAMEWORK

REST_FRAMEWORK = REST_FRAMEWORK | {
    "DEFAULT_PERMISSION_CLASSES": [
        "rest_framework.permissions.IsAuthenticated",
        "starterkit_core.permissions.PassesAccessGates",
    ]
}
