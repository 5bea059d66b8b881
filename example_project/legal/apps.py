from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LegalConfig(AppConfig):
    """Our own acceptance model, in place of the module's."""

    name = "example_project.legal"
    verbose_name = _("legal")
