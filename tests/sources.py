"""The source files of the modules, without their tests, and what they import."""

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

SRC = Path(__file__).resolve().parent.parent / "src"
LAZY = {"import_module", "import_string"}
"""Functions that import the module, or what is in the module, that they name."""


def sources() -> dict[str, Path]:
    """Return every module of the four packages by its dotted name."""
    return {
        dotted(file): file
        for file in SRC.glob("starterkit_*/**/*.py")
        if not file.name.startswith(("tests_", "conftest"))
        and "testing" not in file.parts
    }


def dotted(file: Path) -> str:
    parts = file.relative_to(SRC).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(name: str, file: Path) -> Iterator[str]:
    """Yield what a module imports anywhere in it, lazily too, except for types."""
    for node in without_types(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = absolute(name, file, node)
            for alias in node.names:
                yield f"{base}.{alias.name}"
        elif isinstance(node, ast.Call) and called(node) in LAZY:
            yield from (
                arg.value
                for arg in node.args
                if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
            )


def absolute(name: str, file: Path, node: ast.ImportFrom) -> str:
    if not node.level:
        return str(node.module)
    package = name if file.name == "__init__.py" else name.rpartition(".")[0]
    return f"{package}.{node.module}" if node.module else package


def called(node: ast.Call) -> str:
    return getattr(node.func, "id", getattr(node.func, "attr", ""))


def without_types(node: ast.AST) -> Iterator[ast.AST]:
    """Walk the tree, except below ``if TYPE_CHECKING``."""
    yield node
    for child in ast.iter_child_nodes(node):
        is_types = isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test)
        if not is_types:
            yield from without_types(child)


def import_graph() -> dict[str, set[str]]:
    """Return which modules of ours each module of ours imports."""
    known = sources()
    return {
        name: {
            target
            for imported in imports_of(name, file)
            if (target := nearest(imported, known)) and target != name
        }
        for name, file in known.items()
    }


def nearest(imported: str, known: dict[str, Path]) -> str:
    """Return the module of ours that ``imported`` is or stands in, or ``""``."""
    while imported and imported not in known:
        imported = imported.rpartition(".")[0]
    return imported


def circle_in(graph: dict[str, set[str]]) -> list[str]:
    """Return modules of which each imports the next and the last the first, or []."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []
