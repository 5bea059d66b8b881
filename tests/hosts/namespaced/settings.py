"""Our URLs in a namespace, and again below a parameter; the API has versions."""

from tests.hosts.base import *  # noqa: F403  # what every host has
from tests.hosts.base import REST_FRAMEWORK

ROOT_URLCONF = "tests.hosts.namespaced.urls"
REST_FRAMEWORK |= {
    "DEFAULT_VERSIONING_CLASS": "rest_framework.versioning.NamespaceVersioning"
}
