from typing import Any

from django.test import TestCase
from rest_framework.test import APIClient


class ApiClient(APIClient):
    """An API client that speaks JSON and lets each request take its full effect.

    Tests run inside a transaction that is never committed; what waits for the commit
    runs after each request, as it does in production.
    """

    default_format = "json"

    def request(self, **request: Any) -> Any:
        """Send the request, then run what waited for the commit."""
        with TestCase.captureOnCommitCallbacks(execute=True):
            return super().request(**request)
