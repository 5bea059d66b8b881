from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Data about accounts that only this project has."""

    name = "example_project.accounts"
    verbose_name = _("customers")

    def ready(self) -> None:
        """Register the provider of personal data."""
        import_module("example_project.accounts.personal_data").register()
