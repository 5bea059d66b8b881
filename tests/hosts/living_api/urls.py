from django.urls import include, path  # noqa: F401  # the README's line needs both

from tests.hosts.living_api import urls_before
from tests.hosts.living_api.readme import url_line

urlpatterns = [
    *urls_before.urlpatterns,
    *eval(f"[{url_line()}]"),  # noqa: S307  # the README's own line
]
