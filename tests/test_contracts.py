"""import-linter holds the layers, and each of its contracts notices a violation."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SRC = ROOT / "src"

lint_imports = shutil.which("lint-imports") or shutil.which(
    "lint-imports", path=str(Path(sys.executable).parent)
)
needs_linter = pytest.mark.skipif(
    not lint_imports, reason="import-linter is not installed here"
)

VIOLATIONS = {
    "Modules know core and nothing of each other": (
        "starterkit_auth/errors.py",
        "import starterkit_terms.errors",
    ),
    "Core knows no module": (
        "starterkit_core/errors.py",
        "import starterkit_users",
    ),
    "An endpoint reads downwards": (
        "starterkit_users/models/__init__.py",
        "import starterkit_users.v1.urls",
    ),
    "Business code does not know HTTP": (
        "starterkit_auth/v1/session/post/use_case.py",
        "import rest_framework",
    ),
    "Endpoints do not import each other": (
        "starterkit_auth/v1/session/get/docs.py",
        "import starterkit_auth.v1.session.post.use_case",
    ),
}
"""One line for each contract that must not stand where it is put."""


def contracts() -> list[str]:
    root = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    return [it["name"] for it in root["tool"]["importlinter"]["contracts"]]


def verdicts(folder: Path) -> dict[str, str]:
    """Return what import-linter says of each contract about the sources there."""
    result = subprocess.run(  # noqa: S603
        [str(lint_imports), "--no-logo", "--no-cache"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder / "src"), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    found = re.findall(r"^(.+) (KEPT|BROKEN)\b", result.stdout, re.MULTILINE)
    return {name.strip(): verdict for name, verdict in found} or {"": result.stdout}


@needs_linter
def test_every_contract_is_kept():
    assert verdicts(ROOT) == dict.fromkeys(contracts(), "KEPT")


@needs_linter
@pytest.mark.parametrize("contract", VIOLATIONS)
def test_a_contract_notices_a_violation(contract, tmp_path):
    file, line = VIOLATIONS[contract]
    shutil.copytree(SRC, tmp_path / "src", ignore=shutil.ignore_patterns("*.pyc"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)

    with (tmp_path / "src" / file).open("a", encoding="utf-8") as source:
        source.write(f"\n{line}\n")

    assert verdicts(tmp_path)[contract] == "BROKEN"


def test_there_is_a_violation_for_each_contract():
    assert [*VIOLATIONS] == contracts()
