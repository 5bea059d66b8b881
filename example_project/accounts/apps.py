from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """What this project knows about accounts that the modules do not."""

    name = "example_project.accounts"
    verbose_name = _("customers")

    def ready(self) -> None:
        """Register what we hold about people."""
        import_module("example_project.accounts.personal_data").register()
