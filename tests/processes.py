"""Programs that tests run in a process of their own, with settings of their own."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def run_python(*arguments: str, settings: str, folder: Path, **environment: str) -> str:
    """Run Python in a project with a new database; return its errors and warnings."""
    result = subprocess.run(  # noqa: S603
        [sys.executable, "-W", "error", *arguments],
        cwd=folder,
        env={
            **os.environ,
            "DATABASE_URL": f"sqlite:///{(folder / 'new.sqlite3').as_posix()}",
            "DJANGO_SETTINGS_MODULE": settings,
            "MAIL_DIR": str(folder),
            "MEDIA_DIR": str(folder),
            "PYTHONPATH": python_path(folder),
            **environment,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    return result.stderr + (result.stdout if result.returncode else "")


def python_path(*folders: Path) -> str:
    """Return where modules are found: the source tree, unless wheels are tested."""
    on_wheels = "STARTERKIT_WHEELS" in os.environ
    places = [*folders, ROOT] if on_wheels else [*folders, ROOT / "src", ROOT]
    return os.pathsep.join(map(str, places))
