"""The modules as they are, to compare other hosts with."""

from tests.hosts.base import *  # noqa: F403  # what every host has
