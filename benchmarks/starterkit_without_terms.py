"""A host's view behind the gates, in a project without terms: what W10 is measured by.

A contestant of the harness in ``../shared/bench``; see README.md beside this file.
"""

# The harness reads this file without Django, and calls the functions by their names.

from contestants import starterkit
from harness.kit import bearer, get, one

TITLE = "starterkit, without terms"
REQUIREMENTS = starterkit.REQUIREMENTS
INSTALLED_APPS = [it for it in starterkit.INSTALLED_APPS if it != "starterkit_terms"]
MIDDLEWARE = starterkit.MIDDLEWARE
SETTINGS = starterkit.SETTINGS
SEED_SQL = starterkit.SEED_SQL
urlpatterns = starterkit.urlpatterns

WORKS = {
    "W10": one(
        lambda kit: get("/orders/", bearer(starterkit.opened(kit, 1)["access_token"])),
        contains=b"orders",
    ),
}
SKIP: dict[str, str] = {}
