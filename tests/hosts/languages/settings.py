"""An API within ``i18n_patterns()``: its URLs begin with a language."""

from tests.hosts.base import *  # noqa: F403  # what every host has

ROOT_URLCONF = "tests.hosts.languages.urls"

STARTERKIT_CORE = {
    "SITE_NAME": "Host",
    "API_PREFIX": ["/en/api/", "/pt-br/api/"],
}
