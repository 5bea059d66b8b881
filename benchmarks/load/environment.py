"""The environment of the example, for the server and for this process."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PYTHONPATH = os.pathsep.join([str(ROOT / "src"), str(ROOT)])


def environment(**changes: str) -> dict[str, str]:
    """Return the variables of the example outside of the demo."""
    mails = Path(tempfile.gettempdir(), "starterkit-load-mails")
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "benchmarks.load.settings",
        "PYTHONPATH": PYTHONPATH,
        "DEBUG": "off",
        "SECRET_KEY": "only-for-measuring-" + "x" * 40,
        "ALLOWED_HOSTS": "127.0.0.1,testserver",
        "MAIL_DIR": str(mails),
        "MAIL_HOST": "",
        "REDIS_URL": "",
        **changes,
    }


def set_up(**changes: str) -> None:
    """Set Django up in this process."""
    if not os.environ.get("DATABASE_URL", "").startswith("postgres"):
        sys.exit("Set DATABASE_URL to a PostgreSQL database that is for this alone.")
    os.environ.update(environment(**changes))
    sys.path[:0] = PYTHONPATH.split(os.pathsep)
    import django  # noqa: PLC0415  # reads the environment

    django.setup()


def manage(*arguments: str, **changes: str) -> None:
    """Run a command of ``manage.py`` in a process of its own."""
    command = [sys.executable, "-m", "django", *arguments]
    subprocess.run(command, check=True, env=environment(**changes), cwd=ROOT)
