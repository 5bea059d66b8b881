"""The same project, and then what the README says about an API that lives."""

from tests.hosts.living_api.before import *  # noqa: F403  # its base
from tests.hosts.living_api.readme import settings_blocks

ROOT_URLCONF = "tests.hosts.living_api.urls"
for _block in settings_blocks():
    exec(_block)  # noqa: S102  # the README's own lines
