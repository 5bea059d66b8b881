from importlib import import_module

from django.db.backends.signals import connection_created
from django.utils.translation import gettext_lazy as _

from starterkit_core.db.answer_timeout import limit_waiting
from starterkit_core.modules import ModuleConfig


class CoreConfig(ModuleConfig):
    """The app that every other module depends on."""

    name = "starterkit_core"
    verbose_name = _("audit log")
    component_prefix = "Api"

    def ready(self) -> None:
        """Register the checks and the audit log; bound the waits for the database."""
        connection_created.connect(limit_waiting)
        import_module("starterkit_core.checks")
        import_module("starterkit_core.personal_data").register()
