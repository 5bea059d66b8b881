from importlib import import_module

from django.contrib.auth.signals import user_logged_in
from django.db.backends.signals import connection_created
from django.utils.translation import gettext_lazy as _

from starterkit_core.db.answer_timeout import limit_waiting
from starterkit_core.modules import ModuleConfig
from starterkit_core.observability.context import remember_user


class CoreConfig(ModuleConfig):
    """The app that every other module depends on."""

    name = "starterkit_core"
    verbose_name = _("audit log")
    component_prefix = "Api"

    def ready(self) -> None:
        """Register what core offers; bound waits of the database; see who signs in."""
        connection_created.connect(limit_waiting)
        user_logged_in.connect(remember_user)
        import_module("starterkit_core.checks")
        import_module("starterkit_core.personal_data").register()
        kept_answers = import_module("starterkit_core.services.idempotency")
        retention = import_module("starterkit_core.ports.retention")
        retention.register(self.name, kept_answers.expired)
