from importlib import import_module

from django.utils.translation import gettext_lazy as _

from starterkit_core.modules import ModuleConfig


class AuthConfig(ModuleConfig):
    """Sign-in, registration and sessions."""

    name = "starterkit_auth"
    verbose_name = _("sign-in and sessions")
    mount = "auth"
    component_prefix = "Auth"

    def ready(self) -> None:
        """Register what core asks of a module, and connect the signal receivers."""
        import_module("starterkit_auth.checks")
        import_module("starterkit_auth.account_access").register()
        import_module("starterkit_auth.account_section").register()
        import_module("starterkit_auth.authentication").register()
        import_module("starterkit_auth.backends").connect()
        import_module("starterkit_auth.impersonation").register()
        import_module("starterkit_auth.mails.security_notices").connect()
        import_module("starterkit_auth.permissions").register()
        import_module("starterkit_auth.personal_data").register()
        import_module("starterkit_auth.services.address_keys").register()
        import_module("starterkit_auth.services.passwords").register()
        import_module("starterkit_auth.services.retention").register()
        import_module("starterkit_auth.suspension").connect()
        import_module("starterkit_auth.user_filters").register()
        self.register_admin()
