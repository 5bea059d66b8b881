"""What a module is to Django, and how its parts are found and imported."""

from collections.abc import Iterator
from importlib import import_module
from pkgutil import walk_packages
from types import ModuleType
from typing import Any, ClassVar

from django.apps import AppConfig, apps
from django.db.models import Model
from django.utils.module_loading import module_has_submodule

OURS = "starterkit_"
"""How the names of our modules begin, and their labels."""


class ModuleConfig(AppConfig):
    """The app of a module; a host project's own app may be one too."""

    default_auto_field = "django.db.models.BigAutoField"

    mount: ClassVar[str] = ""
    """The path under which ``starterkit_core.urls`` mounts ``<app>.urls``."""

    component_prefix: ClassVar[str] = ""
    """What the names of its OpenAPI components begin with."""

    default = False

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        # Django picks the AppConfig with default = True, and this base class is
        # imported into every apps.py.
        cls.default = True

    def load_use_cases(self) -> None:
        """Import every endpoint and every act without a URL, so that all are known."""
        for package in (self._submodule("v1"), self._submodule("use_cases")):
            for name in _modules_below(package):
                acts = f"{self.name}.use_cases."
                if name.endswith((".views", ".use_case")) or name.startswith(acts):
                    import_module(name)

    def register_admin(self) -> None:
        """Call ``<app>.admin.register()`` if Django's administration is installed."""
        if apps.is_installed("django.contrib.admin"):
            registered: Any = self._submodule("admin")
            registered.register()

    def load_openapi(self) -> None:
        """Import ``<app>.openapi``: what the module tells drf-spectacular."""
        self._submodule("openapi")

    def openapi_tags(self) -> dict[str, str]:
        """Return what ``<app>.openapi.tags()`` says of each tag, by its name."""
        tags: Any = getattr(self._submodule("openapi"), "tags", dict)
        return dict(tags())

    def _submodule(self, name: str) -> ModuleType | None:
        """Return ``<app>.<name>``, or None if there is none."""
        if not module_has_submodule(self.module, name):
            return None
        return import_module(f"{self.name}.{name}")


def _modules_below(package: ModuleType | None) -> Iterator[str]:
    """Yield the dotted name of every module below ``package``, tests left out."""
    if package is None or not hasattr(package, "__path__"):
        return
    for module in walk_packages(package.__path__, f"{package.__name__}."):
        if not module.name.rpartition(".")[2].startswith(("tests_", "conftest")):
            yield module.name


def modules() -> Iterator[ModuleConfig]:
    """Yield the installed modules, in the order of ``INSTALLED_APPS``."""
    for config in apps.get_app_configs():
        if isinstance(config, ModuleConfig):
            yield config


def is_installed(path: str) -> bool:
    """Return whether the dotted path lies in an installed app."""
    return any(
        f"{path}.".startswith(f"{config.name}.") for config in apps.get_app_configs()
    )


def swapped_models() -> Iterator[type[Model]]:
    """Yield each model of a module that the project has replaced by its own."""
    for config in modules():
        for model in config.get_models(include_swapped=True):
            if model._meta.swapped:
                yield model


def load_all_use_cases() -> None:
    """Import every endpoint and act of every installed module."""
    for config in modules():
        config.load_use_cases()
