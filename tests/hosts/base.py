"""What a host of a few lines starts from: all modules, as ``tests.settings`` has them.

A host is a folder here: ``settings.py``, which begins with ``from tests.hosts.base
import *``; ``models.py``, ``urls.py`` and the like where it needs them; and
``test_<folder>.py``, which says what must be true in it. ``tests/test_hosts.py`` runs
each in a process of its own, on the database of ``DATABASE_URL``. The first line of
each ``settings.py`` says which project it is: ``head -1 tests/hosts/*/settings.py``.
By hand:

    pytest tests/hosts/login_required --ds=tests.hosts.login_required.settings
"""

from tests.settings import *  # noqa: F403  # what a host changes, it writes below

STARTERKIT_CORE = {"SITE_NAME": "Host"}
STARTERKIT_AUTH = {"FRONTEND_URL": "https://app.example.com"}
