"""Import every file of installed packages: import_all.py PACKAGE...

A file that the wheel lacks, or an undeclared dependency, fails the import.
"""

import sys
from importlib import import_module
from pkgutil import walk_packages

import django


def import_all(package: str) -> None:
    """Import the package and all that is below it, apart from tests laid over it."""
    path = import_module(package).__path__
    for info in walk_packages(path, f"{package}."):
        if not info.name.rpartition(".")[2].startswith(("tests_", "conftest")):
            import_module(info.name)


if __name__ == "__main__":
    django.setup()
    for name in sys.argv[1:]:
        import_all(name)
