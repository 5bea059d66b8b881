"""A user model whose users sign in with a phone number and have no e-mail address."""

from tests.hosts.base import *  # noqa: F403  # what every host has
from tests.hosts.base import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.hosts.phone_sign_in"]
AUTH_USER_MODEL = "phone_sign_in.Caller"
STARTERKIT_USERS = {"PHONE_REGION": "BR"}
NUMBERS = "tests.hosts.phone_sign_in.numbers.next_number"
BAKER_CUSTOM_FIELDS_GEN = {"starterkit_users.models.phone.PhoneField": NUMBERS}
"""For the tests: other phone numbers than random texts."""
