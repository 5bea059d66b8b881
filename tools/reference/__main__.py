"""Write the reference pages; needs a settings module with every module installed."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from tools.reference import write  # noqa: E402

write()
