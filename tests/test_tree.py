"""The rule of this architecture: the folder tree is the URL tree."""

import ast
import re
from importlib import import_module

import pytest
from django.core.management import BaseCommand, find_commands
from django.urls import ResolverMatch, URLPattern

from starterkit_core import urls as core_urls
from starterkit_core.http.endpoints import EndpointView
from starterkit_core.modules import modules
from starterkit_core.use_cases import Input, UseCase
from tests.tree import (
    METHODS,
    as_folder,
    endpoint_folders,
    folder_of,
    has_endpoints,
    routes_of,
)

FILES = {"__init__.py", "views.py", "use_case.py", "docs.py"}
TESTED_ELSEWHERE = {"tests.sample"}
"""Core's tests walk through these endpoints, all together."""

Endpoint = tuple[str, str]
"""A module and one endpoint folder below its ``v1``, as ``session/refresh/post``."""


MODULES = [config.name for config in modules() if has_endpoints(config.name)]
ENDPOINTS: list[Endpoint] = [
    (module, folder) for module in MODULES for folder in endpoint_folders(module)
]

each_module = pytest.mark.parametrize("module", MODULES)
each_endpoint = pytest.mark.parametrize(
    ("module", "endpoint"), ENDPOINTS, ids=[f"{m}/{e}" for m, e in ENDPOINTS]
)


def imported(module: str, endpoint: str, file: str):
    return import_module(f"{module}.v1.{endpoint.replace('/', '.')}.{file}")


def view_of(module: str, endpoint: str) -> type[EndpointView]:
    key = f"{module}.v1.{endpoint.replace('/', '.')}"
    imported(module, endpoint, "views")
    assert key in EndpointView.known, f"{key}.views has no view for its own use case"
    return EndpointView.known[key]


def snake_case(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


@each_module
def test_the_folder_tree_is_the_url_tree(module):
    routed = {
        f"{as_folder(route)}/{method}"
        for route, pattern in routes_of(module).items()
        for method in pattern.callback.cls.endpoints
    }

    assert routed == {
        endpoint
        for owner, endpoint in ENDPOINTS
        if owner == module and view_of(owner, endpoint).is_available()
    }


@each_module
def test_every_url_serves_the_endpoint_of_its_folder(module):
    for route, pattern in routes_of(module).items():
        for method, view in pattern.callback.cls.endpoints.items():
            assert view is view_of(module, f"{as_folder(route)}/{method}")


def test_monitors_see_another_name_for_each_url():
    patterns = [route for module in MODULES for route in routes_of(module).values()]
    patterns += [url for url in core_urls.urlpatterns if isinstance(url, URLPattern)]

    names = [ResolverMatch(url.callback, (), {})._func_path for url in patterns]

    assert len({*names, *(url.lookup_str for url in patterns)}) == len(patterns)
    assert not [name for name in names if name.startswith("starterkit_core.http.")]


@each_module
def test_a_url_ends_with_one_slash_and_is_named_after_its_path(module):
    names = {route: pattern.name for route, pattern in routes_of(module).items()}

    for route, name in names.items():
        assert re.fullmatch(r"([a-z0-9-]+/|<\w+:\w+>/)+", route)
        if "<" not in route:
            assert name == route.strip("/").replace("/", "-")
    assert len(set(names.values())) == len(names)


@each_endpoint
def test_an_endpoint_folder_has_its_files(module, endpoint):
    resource, _, method = endpoint.rpartition("/")
    test = f"tests_{method}_{resource.replace('/', '_')}.py"
    wanted = FILES if module in TESTED_ELSEWHERE else FILES | {test}

    there = {file.name for file in (folder_of(module) / "v1" / endpoint).iterdir()}

    assert wanted <= there
    assert not [name for name in there if name.startswith("test_")]


@each_endpoint
def test_the_docstring_of_a_view_names_its_method_and_path(module, endpoint):
    view = view_of(module, endpoint)
    method = endpoint.rpartition("/")[2]
    routes = [r for r in routes_of(module) if f"{as_folder(r)}/{method}" == endpoint]
    paths = [re.sub(r"<\w+:", "<", route) for route in routes]

    assert len(paths) == view.is_available()
    for path in paths:
        assert view.__doc__.splitlines()[0] == f"{method.upper()} v1/{path}."
    assert METHODS & vars(view).keys() == {method}


@each_endpoint
def test_one_stem_names_the_whole_endpoint(module, endpoint):
    view = view_of(module, endpoint)
    stem = view.use_case.__name__
    business = imported(module, endpoint, "use_case")

    assert view.__name__ == f"{stem}View"
    assert issubclass(getattr(business, stem), UseCase)
    assert issubclass(getattr(business, f"{stem}Input"), Input)
    assert hasattr(imported(module, endpoint, "docs"), snake_case(stem))
    if view.request_class:
        assert view.request_class.__name__ == f"{stem}Request"
    if view.response_class:
        assert view.response_class.__name__.endswith("Representation")


@each_module
def test_no_file_is_empty_and_every_package_file_of_v1_is(module):
    for file in folder_of(module).rglob("*.py"):
        tree = ast.parse(file.read_text("utf-8"))
        if file.name != "__init__.py":
            assert tree.body, f"{file} is empty"
        elif "v1" in file.parts:
            assert not tree.body, f"{file} says something"


@each_module
def test_every_folder_of_the_tree_is_a_package(module):
    folders = [folder_of(module) / "v1", *(folder_of(module) / "v1").rglob("*/")]

    for folder in folders:
        if folder.name != "__pycache__":
            assert (folder / "__init__.py").exists(), f"{folder} is no package"


def test_there_are_endpoints_to_look_at():
    assert ENDPOINTS


def test_only_commands_lie_among_the_commands():
    """Django lists every module there in ``manage.py help``."""
    for config in modules():
        folder = folder_of(config.name) / "management"
        for name in find_commands(str(folder)):
            command = import_module(f"{config.name}.management.commands.{name}")
            assert issubclass(command.Command, BaseCommand)
