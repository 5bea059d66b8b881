"""A project without Pillow, the extra of starterkit-users for avatars."""

import sys

from tests.hosts.base import *  # noqa: F403  # what every host has

sys.modules["PIL"] = None  # as if it was not installed: the import of it fails
