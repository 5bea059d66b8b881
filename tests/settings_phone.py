"""All modules together, users who sign in with a phone number and have no address."""

from tests.settings import *  # noqa: F403  # all of them, but what follows
from tests.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.hosts.phone_sign_in"]
AUTH_USER_MODEL = "phone_sign_in.Caller"
NUMBERS = "tests.hosts.phone_sign_in.numbers.next_number"
BAKER_CUSTOM_FIELDS_GEN = {"starterkit_users.models.phone.PhoneField": NUMBERS}
"""For the tests: other phone numbers than random texts."""
