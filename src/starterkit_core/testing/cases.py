"""For tests of ``unittest`` and ``manage.py test``; pytest has the plugin."""

from typing import Any
from unittest import TestResult

from starterkit_core.testing.client import ApiClient
from starterkit_core.testing.isolation import forget_attempts, language_put_back


class ApiTestMixin:
    """Starts each test with no attempt counted; ``self.client`` is an ``ApiClient``.

    >>> class SignInTests(ApiTestMixin, TestCase): ...
    """

    client_class = ApiClient

    def run(self, result: TestResult | None = None) -> TestResult | None:
        """Run the test; not in ``setUp()``, which tests override."""
        mixed_in: Any = super()  # Django's test case
        forget_attempts()
        with language_put_back():
            done: TestResult | None = mixed_in.run(result)
        return done
