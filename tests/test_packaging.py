"""What the four distributions hold, and what they promise about each other."""

import os
import tarfile
import tomllib
from email.message import Message
from email.parser import HeaderParser
from importlib.metadata import distribution, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
MODULES = sorted(folder.parent for folder in ROOT.glob("src/*/pyproject.toml"))
AT_THE_ROOT = {
    "CHANGELOG.md",
    "LICENSE",
    "PKG-INFO",
    "README.md",
    "pyproject.toml",
}

each_module = pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name)


def build(kind: str, source: Path, folder: Path) -> Path:
    """Build with hatchling as pip would, but in this process."""
    builders = pytest.importorskip(
        "hatchling.builders." + kind, reason="hatchling builds the wheels"
    )
    builder = {"wheel": "WheelBuilder", "sdist": "SdistBuilder"}[kind]
    made = getattr(builders, builder)(str(source)).build(
        directory=str(folder), versions=["standard"]
    )
    return Path(next(iter(made)))


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("wheels")
    return {module.name: build("wheel", module, folder) for module in MODULES}


def names(wheel: Path) -> set[str]:
    """The files in the wheel, without the metadata."""
    with ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if ".dist-info/" not in name}


def metadata(wheel: Path) -> Message:
    with ZipFile(wheel) as archive:
        name = next(n for n in archive.namelist() if n.endswith(".dist-info/METADATA"))
        return HeaderParser().parsestr(archive.read(name).decode())


def project(module: Path) -> dict[str, Any]:
    content = tomllib.loads((module / "pyproject.toml").read_text("utf-8"))
    found: dict[str, Any] = content["project"]
    return found


def is_code_or_data(file: Path, module: Path) -> bool:
    """Whether a host needs this file at run time."""
    parts = file.relative_to(module).parts
    hidden = any(part.startswith(".") or part == "__pycache__" for part in parts)
    test = file.name == "conftest.py" or file.match("tests_*.py")
    root = len(parts) == 1 and file.name in AT_THE_ROOT
    return file.is_file() and not (hidden or test or root)


@each_module
def test_a_wheel_holds_the_whole_package_and_no_tests(
    module: Path, wheels: dict[str, Path]
) -> None:
    needed = {
        f"{module.name}/{file.relative_to(module).as_posix()}"
        for file in module.rglob("*")
        if is_code_or_data(file, module)
    }

    assert names(wheels[module.name]) == needed
    assert f"{module.name}/py.typed" in needed


@each_module
def test_a_wheel_brings_its_migrations_templates_and_translations(
    module: Path, wheels: dict[str, Path]
) -> None:
    shipped = names(wheels[module.name])

    for pattern in ("migrations/0*.py", "templates/**/*.*", "locale/**/*.mo"):
        for file in module.glob(pattern):
            assert f"{module.name}/{file.relative_to(module).as_posix()}" in shipped
    for source in module.glob("locale/**/*.po"):
        assert source.with_suffix(".mo").exists(), f"{source} is not compiled"


@each_module
def test_the_wheel_from_the_source_distribution_is_the_same_byte_for_byte(
    module: Path, wheels: dict[str, Path], tmp_path: Path
) -> None:
    with tarfile.open(build("sdist", module, tmp_path)) as archive:
        archive.extractall(tmp_path / "unpacked", filter="data")
    (source,) = (tmp_path / "unpacked").iterdir()

    again = build("wheel", source, tmp_path / "again")

    assert again.name == wheels[module.name].name
    assert again.read_bytes() == wheels[module.name].read_bytes()


@each_module
def test_a_wheel_carries_licence_readme_and_python_version(
    module: Path, wheels: dict[str, Path]
) -> None:
    found = metadata(wheels[module.name])

    assert found["License-Expression"] == "MIT"
    assert found["License-File"] == "LICENSE"
    assert found["Requires-Python"] == ">=3.11"
    assert found.get_payload() == (module / "README.md").read_text("utf-8")


@each_module
def test_the_licence_is_a_true_copy(module: Path) -> None:
    licence = module / "LICENSE"

    assert not licence.is_symlink()
    assert licence.read_bytes() == (ROOT / "LICENSE").read_bytes()


@each_module
def test_a_module_needs_core_only_and_accepts_the_one_beside_it(module: Path) -> None:
    core = project(ROOT / "src/starterkit_core")["version"]
    needed = [Requirement(text) for text in project(module)["dependencies"]]

    siblings = {r.name: r for r in needed if r.name.startswith("starterkit-")}

    assert set(siblings) == ({"starterkit-core"} - {project(module)["name"]})
    assert all(sibling.specifier.contains(core) for sibling in siblings.values())


@each_module
def test_a_module_does_not_forbid_a_newer_django(module: Path) -> None:
    needed = [Requirement(text) for text in project(module)["dependencies"]]
    others = [r for r in needed if not r.name.startswith("starterkit-")]

    assert others
    for requirement in others:
        assert {part.operator for part in requirement.specifier} == {">="}


@each_module
def test_the_changelog_knows_the_version(module: Path) -> None:
    changelog = (module / "CHANGELOG.md").read_text("utf-8")

    assert project(module)["version"] in changelog


def test_pip_and_uv_users_get_the_same_tools() -> None:
    lines = (ROOT / "requirements-dev.txt").read_text("utf-8").splitlines()
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))

    tools = [line for line in lines if line and not line.startswith(("#", "-e "))]

    assert tools == groups["dependency-groups"]["dev"]


@pytest.mark.skipif(
    "STARTERKIT_WHEELS" not in os.environ, reason="tox runs this on installed wheels"
)
def test_tox_tests_the_installed_wheels() -> None:
    installed = [module.name for module in MODULES if find_spec(module.name)]

    assert installed
    for name in installed:
        spec = find_spec(name)
        assert spec
        assert spec.origin
        assert "site-packages" in spec.origin
        assert version(name)
        assert distribution(name).read_text("direct_url.json")
