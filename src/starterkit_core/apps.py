from collections.abc import Iterator
from importlib import import_module
from pkgutil import walk_packages
from typing import ClassVar

from django.apps import AppConfig, apps
from django.utils.module_loading import module_has_submodule
from django.utils.translation import gettext_lazy as _


class ModuleConfig(AppConfig):
    """The app of a module; a host's own app may be one too."""

    default_auto_field = "django.db.models.BigAutoField"

    mount: ClassVar[str] = ""
    """The path under which ``starterkit_core.urls`` mounts ``<app>.urls``."""

    component_prefix: ClassVar[str] = ""
    """What the names of its OpenAPI components begin with."""

    default = False

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        # This class stands in every apps.py that imports it; Django takes the subclass.
        cls.default = True

    def load_endpoints(self) -> None:
        """Import every endpoint folder, so that all of them are known."""
        try:
            root = import_module(f"{self.name}.v1")
        except ModuleNotFoundError as error:
            if error.name != f"{self.name}.v1":
                raise
            return
        for module in walk_packages(root.__path__, f"{root.__name__}."):
            if module.name.endswith((".views", ".use_case")):
                import_module(module.name)

    def load_openapi(self) -> None:
        """Import ``<app>.openapi``: what the module tells drf-spectacular."""
        if module_has_submodule(self.module, "openapi"):
            import_module(f"{self.name}.openapi")

    def openapi_tags(self) -> dict[str, str]:
        """Return what ``tags()`` of ``<app>.openapi`` says of each tag, by its name."""
        if not module_has_submodule(self.module, "openapi"):
            return {}
        say = getattr(import_module(f"{self.name}.openapi"), "tags", dict)
        return dict(say())


class CoreConfig(ModuleConfig):
    """What all modules stand on."""

    name = "starterkit_core"
    verbose_name = _("core")

    def ready(self) -> None:
        """Register the system checks."""
        import_module("starterkit_core.checks")


def modules() -> Iterator[ModuleConfig]:
    """Yield the installed modules, in the order of ``INSTALLED_APPS``."""
    for config in apps.get_app_configs():
        if isinstance(config, ModuleConfig):
            yield config


def load_all_endpoints() -> None:
    """Import every endpoint of every installed module."""
    for config in modules():
        config.load_endpoints()
