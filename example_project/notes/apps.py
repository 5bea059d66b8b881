from importlib import import_module

from django.utils.translation import gettext_lazy as _

from starterkit_core.modules import ModuleConfig


class NotesConfig(ModuleConfig):
    """An app of the project, built like the modules."""

    name = "example_project.notes"
    verbose_name = _("notes")
    mount = "notes"

    def ready(self) -> None:
        """Register the provider of personal data, and declare the preferences."""
        import_module("example_project.notes.personal_data").register()
        import_module("example_project.notes.preferences").register()
