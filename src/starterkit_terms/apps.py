from importlib import import_module

from django.utils.translation import gettext_lazy as _

from starterkit_core.modules import ModuleConfig

PARTS = (
    *("account_section", "gate", "sign_up", "sign_in", "personal_data"),
    "notice_data",
    "services.retention",
)
"""What registers something in core's ports, and where there is a signal."""


class TermsConfig(ModuleConfig):
    """Documents, their acceptance by users, and the access gate."""

    name = "starterkit_terms"
    verbose_name = _("terms")
    mount = "terms"
    component_prefix = "Terms"

    def ready(self) -> None:
        """Register checks, and what core asks of the modules."""
        import_module("starterkit_terms.checks")
        for part in PARTS:
            import_module(f"starterkit_terms.{part}").register()
        self.register_admin()
