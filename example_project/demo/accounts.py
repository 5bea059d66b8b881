"""The accounts that ``manage.py seed`` creates; for a demo, so no secrets."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PASSWORD = "correct horse battery staple"  # noqa: S105  # of the demo
"""The password of both; that of the examples in OpenAPI, which Swagger UI sends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoAccount:
    """An account to sign in with."""

    email: str
    first_name: str
    is_admin: bool
    good_for: str | Promise


ACCOUNTS = (
    DemoAccount(
        email="ada@example.com",
        first_name="Ada",
        is_admin=False,
        good_for=_("the API"),
    ),
    DemoAccount(
        email="admin@example.com",
        first_name="Grace",
        is_admin=True,
        good_for=_("the administration, and the API"),
    ),
)
