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
        """Register what core asks of a module, and connect the signal receivers."""
        import_module("starterkit_users.bulk").register()
        import_module("starterkit_users.checks")
        import_module("starterkit_users.gate").register()
        import_module("starterkit_users.impersonation").register()
        import_module("starterkit_users.mails.invitations").register()
        import_module("starterkit_users.personal_data").register()
        import_module("starterkit_users.returning").connect()
        import_module("starterkit_users.services.address_keys").register()
        import_module("starterkit_users.services.avatar_files").register()
        import_module("starterkit_users.services.data_exports").register()
        import_module("starterkit_users.services.jobs").register()
        import_module("starterkit_users.services.last_seen").register()
        import_module("starterkit_users.services.retention").register()
        self.register_admin()
