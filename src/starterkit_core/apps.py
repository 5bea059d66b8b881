from importlib import import_module

from django.utils.translation import gettext_lazy as _

from starterkit_core.modules import ModuleConfig


class CoreConfig(ModuleConfig):
    """The app that every other module depends on."""

    name = "starterkit_core"
    verbose_name = _("audit log")
    component_prefix = "Api"

    def ready(self) -> None:
        """Register the system checks, and the audit log as personal data."""
        import_module("starterkit_core.checks")
        import_module("starterkit_core.personal_data").register()
