from importlib import import_module

from django.utils.translation import gettext_lazy as _

from starterkit_core.modules import ModuleConfig


class TermsConfig(ModuleConfig):
    """Documents, their acceptance by users, and the access gate."""

    name = "starterkit_terms"
    verbose_name = _("terms")
    mount = "terms"
    component_prefix = "Terms"

    def ready(self) -> None:
        """Register checks, the gate, the sign-up requirement and the personal data."""
        import_module("starterkit_terms.checks")
        parts = ("account_section", "gate", "sign_up", "personal_data")
        for part in (*parts, "notice_data"):
            import_module(f"starterkit_terms.{part}").register()
        self.register_admin()
