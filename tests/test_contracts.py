"""The layers hold, each contract notices a violation, and rules of the house hold."""

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.sources import SRC, circle_in, import_graph, imports_of, sources

ROOT = Path(__file__).resolve().parent.parent

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
    "Core reads downwards": (
        "starterkit_core/utils/client.py",
        "import starterkit_core.conf",
    ),
    "Auth reads downwards": (
        "starterkit_auth/services/keys.py",
        "import starterkit_auth.mails.links",
    ),
    "Users reads downwards": (
        "starterkit_users/services/account_fields.py",
        "import starterkit_users.personal_data",
    ),
    "Terms reads downwards": (
        "starterkit_terms/use_cases/publish_version.py",
        "import starterkit_terms.v1.pending.get.use_case",
    ),
    "Business code does not know HTTP": (
        "starterkit_auth/v1/session/post/use_case.py",
        "import starterkit_core.http.client",
    ),
    "Endpoints do not import each other": (
        "starterkit_auth/v1/session/get/docs.py",
        "import starterkit_auth.v1.session.post.use_case",
    ),
}
"""One line for each contract that violates it where it is put."""


def contracts() -> list[str]:
    root = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    return [it["name"] for it in root["tool"]["importlinter"]["contracts"]]


def verdicts(folder: Path) -> dict[str, str]:
    """Return import-linter's result for each contract, run on the sources there."""
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
def test_each_contract_notices_its_violation(tmp_path):
    """All at once, as a run takes long; each line breaks one contract alone."""
    shutil.copytree(SRC, tmp_path / "src", ignore=shutil.ignore_patterns("*.pyc"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)

    for file, line in VIOLATIONS.values():
        with (tmp_path / "src" / file).open("a", encoding="utf-8") as source:
            source.write(f"\n{line}\n")

    assert verdicts(tmp_path) == dict.fromkeys(contracts(), "BROKEN")


def test_there_is_a_violation_for_each_contract():
    assert [*VIOLATIONS] == contracts()


def test_every_layer_is_exhaustive():
    root = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    layered = [
        it for it in root["tool"]["importlinter"]["contracts"] if it["type"] == "layers"
    ]

    owners = {owner for contract in layered for owner in contract["containers"]}

    assert owners == {folder.name for folder in SRC.glob("starterkit_*")}
    assert all(contract["exhaustive"] for contract in layered)


def test_no_module_imports_itself_by_way_of_others():
    assert circle_in(import_graph()) == []


def test_a_circle_is_noticed_however_long_and_lazy(tmp_path):
    lazy = tmp_path / "a.py"
    lazy.write_text("def f():\n    from pkg import b\n    import_module('pkg.c')\n")

    imported = set(imports_of("pkg.a", lazy))
    graph = {"pkg.a": imported, "pkg.b": set(), "pkg.c": {"pkg.a"}}

    assert imported == {"pkg.b", "pkg.c"}
    assert {*circle_in(graph)} == {"pkg.a", "pkg.c"}


BUSINESS = re.compile(
    r"\.use_case$|\.(conf|db|errors|mails|models|ports|services|use_cases|utils)\b"
)
"""import-linter sees no part of another package, such as ``django.http``."""


def test_business_code_does_not_know_requests_and_responses():
    offenders = [
        name
        for name, file in sources().items()
        if BUSINESS.search(name)
        and any(it.startswith("django.http") for it in imports_of(name, file))
    ]

    assert offenders == []


WRITES = {
    *("save", "create", "update", "delete", "bulk_create", "bulk_update"),
    *("get_or_create", "update_or_create"),
}


def doors() -> list[Path]:
    """Return what calls use cases: admin, views, commands and what helps views."""
    places = ("admin.py", "v1/**/views.py", "management/**/*.py", "http/*.py")
    return [
        file
        for place in places
        for file in SRC.glob(f"starterkit_*/{place}")
        if not file.name.startswith("tests_")
        and file.parts[-2:-1] != ("starterkit_core",)
    ]


def writes_in(source: str) -> list[str]:
    """Return the calls of methods that save, except those of a plain dict."""
    return [
        ast.unparse(node.func)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in WRITES
        and not ast.unparse(node.func).startswith("vars(")
    ]


@pytest.mark.parametrize("door", doors(), ids=lambda file: str(file.relative_to(SRC)))
def test_a_caller_of_use_cases_saves_no_row_itself(door):
    assert writes_in(door.read_text("utf-8")) == []


def test_a_write_in_a_view_is_noticed():
    assert writes_in("Thing.objects.filter(pk=1).update(name='x')")
    assert writes_in("thing.save()")


TRANSACTION = re.compile(r"\batomic\(|transaction\.atomic")


DEFAULT_DATABASE = re.compile(
    r"\batomic\((?!using=)"
    r"|@transaction\.atomic\s*$"
    r"|\bon_commit\((?!.*using=)"
    r"|get_connection\(\)"
    r"|from django\.db import .*\bconnection\b(?!s)",
    re.MULTILINE,
)
"""Calls that mean the default database, which need not be the one of the accounts."""


def test_every_transaction_names_its_database():
    offenders = [
        name
        for name, file in sources().items()
        if DEFAULT_DATABASE.search(file.read_text("utf-8"))
    ]

    assert offenders == []


def test_a_transaction_of_the_default_database_is_noticed():
    assert DEFAULT_DATABASE.search("with transaction.atomic():")
    assert DEFAULT_DATABASE.search("@transaction.atomic\n")
    assert DEFAULT_DATABASE.search("transaction.on_commit(call, robust=True)")
    assert DEFAULT_DATABASE.search("from django.db import connection, models")
    assert not DEFAULT_DATABASE.search("with transaction.atomic(using=alias):")


def test_no_use_case_opens_a_transaction_of_its_own():
    offenders = [
        name
        for name, file in sources().items()
        if (name.endswith(".use_case") or ".use_cases." in name)
        and TRANSACTION.search(file.read_text("utf-8"))
    ]

    assert offenders == []
