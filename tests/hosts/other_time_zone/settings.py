"""Datetimes with a time zone, that of the project; the database has another one."""

from tests.hosts.base import *  # noqa: F403  # what every host has
from tests.hosts.base import DATABASES

TIME_ZONE = "Asia/Kolkata"
DATABASES = {"default": DATABASES["default"] | {"TIME_ZONE": "America/Sao_Paulo"}}
