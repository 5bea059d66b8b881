from importlib import import_module

from django.utils.translation import gettext_lazy as _

from starterkit_core.modules import ModuleConfig


class UsersConfig(ModuleConfig):
    """The account as a record."""

    name = "starterkit_users"
    verbose_name = _("users")
    mount = "users"
    component_prefix = "Users"

    def ready(self) -> None:
        """Answer for what the account holds about a person."""
        import_module("starterkit_users.personal_data").register()
