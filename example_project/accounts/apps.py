from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from starterkit_core.ports import roles

SUPPORT = roles.Role(
    key="support",
    name=_("Support"),
    permissions=("starterkit_users.view_user", "accounts.view_customer"),
)


class AccountsConfig(AppConfig):
    """Data about accounts that only this project has."""

    name = "example_project.accounts"
    verbose_name = _("customers")

    def ready(self) -> None:
        """Register the provider of personal data, and declare the role."""
        import_module("example_project.accounts.personal_data").register()
        roles.register(SUPPORT)
