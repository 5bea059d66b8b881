"""Put the modules' own tests into their installed copies: overlay_tests.py MODULE...

The wheels ship no tests, and the tests lie beside the code in src/. Running them from
there would import src/ too (wholly or, worse, in part), so `pytest --pyargs` could pass
with a broken wheel. Only tests and conftest files are copied.
"""

import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

SRC = Path(__file__).resolve().parent.parent / "src"
PATTERNS = ("tests_*.py", "conftest.py")


def overlay(module: str) -> None:
    """Replace the tests in the installed copy by those of the source tree."""
    target = installed_at(module)
    remove_old(target)
    for pattern in PATTERNS:
        for file in (SRC / module).rglob(pattern):
            put(file, target / file.relative_to(SRC / module))


def installed_at(module: str) -> Path:
    """Return the folder of the installed package; refuse the source tree."""
    spec = find_spec(module)
    if spec is None or not spec.submodule_search_locations:
        sys.exit(f"{module} is not installed here")
    target = Path(spec.submodule_search_locations[0])
    if target.is_relative_to(SRC):
        sys.exit(f"{module} is installed from the source tree: {target}")
    return target


def remove_old(target: Path) -> None:
    """Remove what an earlier run put there: the installer does not know these files."""
    for pattern in PATTERNS:
        for file in target.rglob(pattern):
            file.unlink()


def put(file: Path, copy: Path) -> None:
    """Copy one file, if the wheel brought the folder that it belongs to."""
    if not copy.parent.is_dir():
        sys.exit(f"the wheel lacks the folder {copy.parent}")
    shutil.copyfile(file, copy)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        overlay(name)
