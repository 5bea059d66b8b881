"""The example as it ships, without HTTPS; the benchmark chooses the cap."""

import os

from example_project.settings import *  # noqa: F403  # a variant of those settings
from example_project.settings import STARTERKIT_AUTH

SECURE_SSL_REDIRECT = False
if at_once := int(os.environ["HASHES_AT_ONCE"]):
    STARTERKIT_AUTH |= {"HASHES_AT_ONCE": at_once}
