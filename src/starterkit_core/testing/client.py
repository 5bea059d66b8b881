from contextlib import ExitStack
from typing import Any

from django.db import connections
from django.test import TestCase
from rest_framework.test import APIClient


class ApiClient(APIClient):
    """An API client that sends JSON and runs the on-commit callbacks of each request.

    Tests run inside a transaction that is never committed, so Django would not run
    these callbacks, which production runs after each request.
    """

    default_format = "json"

    def request(self, **request: Any) -> Any:
        """Send the request, then run its on-commit callbacks."""
        with ExitStack() as stack:
            for alias in connections:
                capture = TestCase.captureOnCommitCallbacks(using=alias, execute=True)
                stack.enter_context(capture)
            return super().request(**request)
