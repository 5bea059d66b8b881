from importlib import import_module

from django.utils.translation import gettext_lazy as _

from starterkit_core.modules import ModuleConfig


class UsersConfig(ModuleConfig):
    """The user model, and the endpoints of one's own account."""

    name = "starterkit_users"
    verbose_name = _("users")
    mount = "users"
    component_prefix = "Users"

    def ready(self) -> None:
        """Register checks, and the provider of the account's personal data."""
        import_module("starterkit_users.checks")
        import_module("starterkit_users.personal_data").register()
        self.register_admin()
