"""Where the modules' endpoints lie on disk, and where they answer."""

import re
from importlib import import_module
from pathlib import Path

from django.urls import URLPattern, URLResolver

METHODS = {"get", "post", "put", "patch", "delete"}


def folder_of(module: str) -> Path:
    return Path(str(import_module(module).__file__)).parent


def has_endpoints(module: str) -> bool:
    return (folder_of(module) / "v1" / "urls.py").exists()


def endpoint_folders(module: str) -> list[str]:
    """Return each endpoint folder below ``v1``, such as ``session/refresh/post``."""
    top = folder_of(module) / "v1"
    found = (folder for folder in top.rglob("*") if folder.name in METHODS)
    return sorted(folder.relative_to(top).as_posix() for folder in found)


def routes_of(module: str) -> dict[str, URLPattern]:
    """Return every route below ``v1/``, with the pattern that serves it."""
    return _routes(import_module(f"{module}.v1.urls").urlpatterns)


def _routes(patterns: list, before: str = "") -> dict[str, URLPattern]:
    found = {}
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            found |= _routes(pattern.url_patterns, route)
        else:
            found[route] = pattern
    return found


def as_folder(route: str) -> str:
    """Return the folder of a route: of ``a-b/<uuid:c_id>/`` it is ``a_b/c_id``."""
    return re.sub(r"<(?:\w+:)?(\w+)>", r"\1", route).strip("/").replace("-", "_")
