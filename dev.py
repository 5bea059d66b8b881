#!/usr/bin/env python3
"""The commands of a working copy. They need only Python 3.11 or newer.

    python3 dev.py demo      start the example project on http://127.0.0.1:8000/
    python3 dev.py manage    run its manage.py       (dev.py manage terms_publish …)
    python3 dev.py reset     delete the data and the mails of the demo
    python3 dev.py test      run the tests           (dev.py test -k login)
    python3 dev.py lint      check style and layers  (dev.py lint --fix)
    python3 dev.py types     check the types
    python3 dev.py schema    write docs/openapi.yaml (dev.py schema --check)
    python3 dev.py matrix    test the built wheels on every Python and Django

`demo --check` walks a whole sign-up over HTTP and exits; with `--production` as in
production, on PostgreSQL and Redis. `demo --port 8001` takes another port. What follows
a verb is passed on to its tool. Tools live in `.venv`, which is created and kept up to
date here; nothing outside this folder is changed.
The demo needs a fifth of the tools, and installs no more.
On Windows, write `py dev.py demo`.
"""

# Old Pythons must be able to parse this file, to print that they are too old.
from __future__ import annotations

import argparse
import contextlib
import hashlib
import importlib.util
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
WINDOWS = os.name == "nt"
BIN = VENV / ("Scripts" if WINDOWS else "bin")
PYTHON = BIN / ("python.exe" if WINDOWS else "python")
LINT_IMPORTS = BIN / ("lint-imports.exe" if WINDOWS else "lint-imports")
STAMP = VENV / "dev-stamp.txt"
DEMO, DEV = "requirements-demo.txt", "requirements-dev.txt"
SCHEMA = "docs/openapi.yaml"
OLDEST_PYTHON = (3, 11)
HOST = "127.0.0.1"
SECONDS_TO_START = 30
LAST_PORT = 65535
WORKER = (
    *(PYTHON, "example_project/manage.py", "starterkit_worker"),
    *("--interval", "0.2", "--no-startup-delay"),
)
DATA = (
    "example_project/db.sqlite3",
    "example_project/mails",
    "example_project/media",
    "example_project/private",
)
SOON = ("--timeout", "5", "--retries", "1")
"""Options of pip, which would else try for minutes without network."""

OFFLINE_SIGNS = (
    "Failed to establish a new connection",
    "Name or service not known",
    "Temporary failure in name resolution",
    "connection broken by",
    "getaddrinfo failed",
    "timed out",
)


def fail(message: str) -> NoReturn:
    """Exit with a one-line message and code 1."""
    sys.exit(f"dev.py: {message}")


def shown(command: tuple[str | Path, ...]) -> str:
    """Return the command as typed in this folder."""
    words = [str(word).replace(str(ROOT) + os.sep, "") for word in command]
    return "$ " + (subprocess.list2cmdline(words) if WINDOWS else shlex.join(words))


def run(*command: str | Path, env: Mapping[str, str] | None = None) -> int:
    """Print the command, run it, and return its exit code."""
    print(shown(command), flush=True)
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **(env or {})})
    try:
        return process.wait()
    except KeyboardInterrupt:
        return process.wait()  # it got Ctrl-C as well: let it finish its output
    finally:
        stop(process)


def must(*command: str | Path, env: Mapping[str, str] | None = None) -> None:
    """Run the command, and exit with its code if it fails."""
    code = run(*command, env=env)
    if code:
        sys.exit(code)


def manage(*arguments: str, env: Mapping[str, str] | None = None) -> None:
    """Run a management command of the example project."""
    must(PYTHON, "example_project/manage.py", *arguments, env=env)


def check_python() -> None:
    """Refuse a Python that is too old, or that cannot make environments."""
    if sys.version_info[:2] < OLDEST_PYTHON:
        this = ".".join(str(part) for part in sys.version_info[:3])
        fail(f"needs Python 3.11 or newer, and this is {this} ({sys.executable}).")
    if not all(importlib.util.find_spec(name) for name in ("venv", "ensurepip")):
        fail("this Python has no venv module. On Debian: apt install python3-venv")


def origin() -> str:
    """Return the Python and the folder that an up-to-date environment is made for."""
    return f"{sys.version.split()[0]} {ROOT}"


def stamp_of(requirements: str) -> str:
    """Return a line that changes with what a requirements file installs."""
    names = {DEMO, requirements}  # the tools are more than the demo needs
    files = [ROOT / name for name in sorted(names)]
    files += sorted((ROOT / "src").glob("*/pyproject.toml"))
    content = hashlib.sha256(b"\0".join(file.read_bytes() for file in files))
    return f"{requirements} {content.hexdigest()}"


def found_stamps() -> list[str]:
    """Return the origin of the environment on disk, and what is installed there."""
    if not (PYTHON.exists() and STAMP.exists()):
        return []
    return STAMP.read_text("utf-8").splitlines()


def prepare(requirements: str) -> None:
    """Create the environment, or update it unless it is up to date."""
    found = found_stamps()
    if found[:1] != [origin()]:
        create()
    elif stamp_of(requirements) in found:
        return
    install(requirements)
    installed = {stamp_of(DEMO), stamp_of(requirements)}
    STAMP.write_text("\n".join([origin(), *sorted(installed)]), "utf-8")


def create() -> None:
    """Make a new environment in place of one that this script made."""
    is_foreign = VENV.is_symlink() or (VENV.exists() and not STAMP.exists())
    if is_foreign and (VENV.is_symlink() or any(VENV.iterdir())):
        fail(f"{VENV} is not mine, so I leave it alone. Please move it away.")
    must(sys.executable, "-m", "venv", "--clear", VENV)
    STAMP.write_text(origin(), "utf-8")


def install(requirements: str) -> None:
    """Install the requirements with uv, which is four times as fast, or with pip."""
    print("Installing. The first time, this takes up to half a minute.", flush=True)
    pip = (PYTHON, "-m", "pip", "install", "-q", *SOON, "--disable-pip-version-check")
    uv = (PYTHON, "-m", "uv", "pip", "install", "-q", "--python", PYTHON)
    if installs(*pip, "uv") and installs(*uv, "-r", requirements):
        return
    if not installs(*pip, "-r", requirements, last=True):
        fail(f"could not install {requirements}; the reason is above.")


def installs(*command: str | Path, last: bool = False) -> bool:
    """Run an installer; without network, exit with a message that says so."""
    print(shown(command), flush=True)
    result = subprocess.run(
        list(command), cwd=ROOT, stderr=subprocess.PIPE, text=True, check=False
    )
    if result.returncode:
        if any(sign in result.stderr for sign in OFFLINE_SIGNS):
            fail("the package index cannot be reached: no network, or a proxy.")
        if last:
            print(result.stderr, file=sys.stderr)
    return result.returncode == 0


def test(arguments: list[str]) -> int:
    """Run the quick tests on every core; further arguments override these."""
    # The host projects stand together and take long: idle cores take some over.
    shared = ("-n", "auto", "--dist", "worksteal")
    return run(PYTHON, "-m", "pytest", *shared, "-m", "not slow", *arguments)


def lint(arguments: list[str]) -> int:
    """Check the style, the format and the layers."""
    keep = [] if "--fix" in arguments else ["--check"]
    codes = [
        run(PYTHON, "-m", "ruff", "check", *arguments),
        run(PYTHON, "-m", "ruff", "format", *keep),
        run(LINT_IMPORTS, "--no-logo"),
    ]
    return max(codes)


def types(arguments: list[str]) -> int:
    """Check the types."""
    return run(PYTHON, "-m", "mypy", *arguments)


def matrix(arguments: list[str]) -> int:
    """Build the wheels, and test them on every Python and Django that we support."""
    home = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    # tox does not see a Python through pyenv's shims, only the real program.
    folders = sorted(home.glob("versions/3.1[1-9].*/bin"), reverse=True)
    path = os.pathsep.join([*map(str, folders), os.environ.get("PATH", "")])
    return run(PYTHON, "-m", "tox", *arguments, env={"PATH": path})


def schema(arguments: list[str]) -> int:
    """Write the OpenAPI document, or compare it to the committed one."""
    if "--check" not in arguments:
        write_schema(ROOT / SCHEMA)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "openapi.yaml")
        write_schema(file)
        if file.read_bytes() != (ROOT / SCHEMA).read_bytes():
            fail(f"{SCHEMA} is out of date. Run: python3 dev.py schema")
    return 0


def write_schema(file: Path) -> None:
    """Let drf-spectacular write the document; a warning is an error."""
    manage("spectacular", "--validate", "--fail-on-warn", "--file", str(file))


def demo(arguments: list[str]) -> int:
    """Start the example project, or with --check test a whole sign-up on it."""
    parser = argparse.ArgumentParser(prog="dev.py demo")
    parser.add_argument("--check", action="store_true", help="walk the journey, exit")
    parser.add_argument("--port", type=port, help="8000, with --check any free one")
    production = "with --check: gunicorn, PostgreSQL, Redis, a worker, DEBUG off"
    parser.add_argument("--production", action="store_true", help=production)
    options = parser.parse_args(arguments)
    if options.production:
        return check_production(options.port or free_port(), check=options.check)
    if options.check:
        return check_demo(options.port or free_port())
    return show_demo(options.port or 8000)


def port(text: str) -> int:
    """Return the number of a port."""
    if text.isdecimal() and 0 < int(text) <= LAST_PORT:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is no port; take 1 to {LAST_PORT}")


def show_demo(port: int) -> int:
    """Serve the example project until Ctrl-C."""
    refuse_taken(port)
    manage("migrate", "--verbosity", "0")
    manage("seed")
    url = f"http://{HOST}:{port}/"
    print(f"\n  Start here   {url}\n  The API      {url}api/docs/")
    print(f"  The admin    {url}admin/\n", flush=True)
    with working():
        manage("runserver", f"{HOST}:{port}")
    return 0


def check_demo(port: int) -> int:
    """Walk the journey against a server with a database of its own."""
    refuse_taken(port)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        mails, log = Path(folder, "mails"), Path(folder, "server.log")
        env = demo_environment(Path(folder), mails)
        manage("migrate", "--verbosity", "0", env=env)
        manage("seed", env=env)
        with served(port, env, log), working("--no-reload", env=env, log=log):
            code = walk(f"http://{HOST}:{port}", mails, env)
        if code:
            print(log.read_text("utf-8", "replace"), file=sys.stderr)
    return code


def check_production(port: int, *, check: bool) -> int:
    """Walk the journey as in production; the server is gunicorn."""
    if not check:
        fail("--production goes with --check; to serve, see docs/how-to/production.md")
    if WINDOWS:
        fail("gunicorn does not run on Windows; try it in WSL or a container.")
    refuse_taken(port)
    prepare(DEV)
    return run(PYTHON, "-m", "tools.production", "--port", str(port))


def run_manage(arguments: list[str]) -> int:
    """Run a command of the example project's manage.py."""
    return run(PYTHON, "example_project/manage.py", *arguments)


def reset(arguments: list[str]) -> int:
    """Delete what the demo stored; a database of DATABASE_URL is left alone."""
    for name in DATA:
        place = ROOT / name
        if place.is_dir():
            shutil.rmtree(place)
        else:
            place.unlink(missing_ok=True)
    print(f"Deleted: {', '.join(DATA)}. The next demo starts anew.")
    return 0


def demo_environment(folder: Path, mails: Path) -> dict[str, str]:
    """Return settings that keep the check away from the demo and your services."""
    mails.mkdir()
    database = f"sqlite:///{(folder / 'demo.sqlite3').as_posix()}"
    files = {name: str(folder / name) for name in ("media", "private")}
    return {
        "DATABASE_URL": database,
        "MAIL_DIR": str(mails),
        "MAIL_HOST": "",
        "REDIS_URL": "",
        "MEDIA_DIR": files["media"],
        "PRIVATE_DIR": files["private"],
    }


def walk(url: str, mails: Path, env: Mapping[str, str]) -> int:
    """Run the journey, which prints each request."""
    manage_py = f"{PYTHON.relative_to(ROOT).as_posix()} example_project/manage.py"
    options = ("--base-url", url, "--mail-dir", mails, "--manage", manage_py)
    return run(PYTHON, "-m", "tests.journey", *options, env=env)


@contextlib.contextmanager
def served(port: int, env: Mapping[str, str], log: Path) -> Iterator[None]:
    """Run the server for as long as the block lasts, and always stop it."""
    address = f"{HOST}:{port}"
    manage_py = (PYTHON, "example_project/manage.py")
    command = (*manage_py, "runserver", "--noreload", address)
    print(shown(command), flush=True)
    with log.open("wb") as output:
        server = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **env}, stdout=output, stderr=output
        )
    try:
        wait_for(server, port, log)
        yield
    finally:
        stop(server)


@contextlib.contextmanager
def working(
    *options: str, env: Mapping[str, str] | None = None, log: Path | None = None
) -> Iterator[None]:
    """Run the worker, which sends the mails, for as long as the block lasts."""
    command: tuple[str | Path, ...] = (*WORKER, *options)
    print(shown(command), flush=True)
    environment = {**os.environ, **(env or {})}
    with contextlib.ExitStack() as files:
        output = files.enter_context(log.open("ab")) if log else None
        worker = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=output, stderr=output
        )
    try:
        yield
    finally:
        stop(worker)


def wait_for(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Return once the server answers, or exit with its output."""
    deadline = time.monotonic() + SECONDS_TO_START
    while not answers(port):
        if server.poll() is not None or time.monotonic() > deadline:
            print(log.read_text("utf-8", "replace"), file=sys.stderr)
            fail("the server did not start; its words are above.")
        time.sleep(0.1)


def stop(server: subprocess.Popen[bytes]) -> None:
    """Terminate the server; kill it if it does not stop."""
    server.terminate()
    try:
        server.wait(timeout=5)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def answers(port: int) -> bool:
    """Return whether a server listens on the port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port)) == 0


def refuse_taken(port: int) -> None:
    """Exit, and suggest another port, if the port is taken."""
    if answers(port):
        fail(f"port {port} is taken. Try: python3 dev.py demo --port {port + 1}")


def free_port() -> int:
    """Return a port that is free now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


VERBS: dict[str, tuple[Callable[[list[str]], int], str]] = {
    "demo": (demo, DEMO),
    "manage": (run_manage, DEMO),
    "reset": (reset, ""),
    "test": (test, DEV),
    "lint": (lint, DEV),
    "types": (types, DEV),
    "schema": (schema, DEV),
    "matrix": (matrix, DEV),
}
"""Each verb with what it needs to be installed."""


def main(arguments: list[str]) -> int:
    """Run the verb that was asked for."""
    verb, *rest = arguments or ["--help"]
    if verb in ("-h", "--help", "help"):
        print(__doc__.strip())
        return 0
    if verb not in VERBS:
        fail(f"there is no '{verb}'. Choose from: {', '.join(VERBS)}")
    check_python()
    act, requirements = VERBS[verb]
    if requirements:
        prepare(requirements)
    return act(rest)


if __name__ == "__main__":
    # A CI that cancels us must not leave a server behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
