"""Datetimes without a time zone, in the local time of the project."""

from tests.hosts.base import *  # noqa: F403  # what every host has

USE_TZ = False
TIME_ZONE = "America/Sao_Paulo"
