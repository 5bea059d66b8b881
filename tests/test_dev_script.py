"""dev.py, run from the command line; Python, pip and the server are fakes."""

import ast
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

VERBS = ("demo", "manage", "reset", "test", "lint", "types", "schema", "matrix")
ROOT = Path(__file__).resolve().parent.parent

pytestmark = pytest.mark.skipif(
    os.name == "nt", reason="the fake interpreter is a script with a #! line"
)

# What `python -m venv` does here: it puts a recorder in the place of the interpreter.
FAKE_VENV = f"""
import pathlib, shutil, sys
folder = pathlib.Path(sys.argv[-1])
shutil.rmtree(folder, ignore_errors=True)
(folder / "bin").mkdir(parents=True)
for name in ("python", "lint-imports"):
    program = folder / "bin" / name
    recorder = pathlib.Path("recorder.py").read_text()
    program.write_text("#!{sys.executable}\\n" + recorder)
    program.chmod(0o755)
pathlib.Path("calls.jsonl").open("a").write('["venv"]\\n')
"""

# Notes how it was called. FAIL names a word: calls with it fail, saying SAY;
# calls with the word SLEEP do not end.
RECORDER = """
import json, os, pathlib, signal, socket, sys, time
name = pathlib.Path(sys.argv[0]).name
call = [*([name] if name != "python" else []), *sys.argv[1:]]
def note(call):
    with pathlib.Path("calls.jsonl").open("a") as file:
        file.write(json.dumps(call) + "\\n")
worker = pathlib.Path("worker.txt")
while "tests.journey" in call and not worker.exists():
    time.sleep(0.01)
note(call)
if "starterkit_worker" in call:
    signal.signal(signal.SIGTERM, lambda *_: (note(["worker stopped"]), sys.exit()))
    worker.touch()
if os.environ.get("FAIL", "no such word") in call:
    print(os.environ.get("SAY", "broken"), file=sys.stderr)
    sys.exit(3)
if "runserver" in call:
    host, port = call[-1].split(":")
    server = socket.create_server((host, int(port)))
if {"runserver", "starterkit_worker", os.environ.get("SLEEP")} & set(call):
    time.sleep(60)
"""


class Checkout:
    """A folder with dev.py, and with fakes for what dev.py starts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.write("dev.py", (ROOT / "dev.py").read_text("utf-8"))
        self.write("requirements-dev.txt", "-e ./src/one\n")
        self.write("requirements-demo.txt", "-e ./src/one\n")
        self.write("src/one/pyproject.toml", "[project]\n")
        self.write("recorder.py", RECORDER)
        self.write("fakes/venv.py", FAKE_VENV)

    def write(self, name: str, text: str) -> None:
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")

    def dev(self, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        return self.python("dev.py", *arguments, **env)

    def python(self, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(self.folder / "fakes"), **env},
            capture_output=True,
            text=True,
            check=False,
        )

    def wait_for(self, word: str) -> list[list[str]]:
        """The calls up to the one with this word, as soon as it is made."""
        calls: list[list[str]] = []
        for _ in range(100):
            calls += self.calls()
            if calls and word in calls[-1]:
                return calls
            time.sleep(0.1)
        pytest.fail(f"{word} was not started, only {calls}")

    def calls(self) -> list[list[str]]:
        """What was started since the last time."""
        file = self.folder / "calls.jsonl"
        lines = file.read_text("utf-8").splitlines() if file.exists() else []
        file.unlink(missing_ok=True)
        return [json.loads(line) for line in lines]


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


@pytest.fixture
def ready(checkout: Checkout) -> Checkout:
    """A checkout whose environment is installed."""
    checkout.dev("types")
    checkout.calls()
    return checkout


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def installs(calls: list[list[str]]) -> list[str]:
    """The installer of each call, and what it installs."""
    return [f"{call[1]} {call[-1]}" for call in calls if "install" in call]


def has_options(call: list[str], options: str) -> bool:
    return options in " ".join(call)


TOOLS = ["pip uv", "uv requirements-dev.txt"]
DEMO = ["pip uv", "uv requirements-demo.txt"]


def changed_requirements(checkout: Checkout) -> None:
    checkout.write("requirements-dev.txt", "-e ./src/one\nmore\n")


def changed_member(checkout: Checkout) -> None:
    checkout.write("src/one/pyproject.toml", "[project]\nname = 'one'\n")


def test_help_names_every_verb_without_installing(checkout: Checkout) -> None:
    answer = checkout.dev("--help")

    assert answer.returncode == 0
    for verb in VERBS:
        assert f"python3 dev.py {verb}" in answer.stdout
    assert checkout.calls() == []


def test_refuses_an_unknown_verb_in_one_line(checkout: Checkout) -> None:
    answer = checkout.dev("tets")

    assert answer.returncode == 1
    assert answer.stderr == (
        f"dev.py: there is no 'tets'. Choose from: {', '.join(VERBS)}\n"
    )


def test_an_old_python_can_read_the_script_and_is_refused_in_one_line(
    checkout: Checkout,
) -> None:
    old = "import sys, runpy; sys.version_info = (3, 8, 18); sys.argv = ['', 'test'];"

    answer = checkout.python(
        "-c", old + "runpy.run_path('dev.py', run_name='__main__')"
    )

    ast.parse((ROOT / "dev.py").read_text("utf-8"), feature_version=(3, 7))
    assert answer.returncode == 1
    assert answer.stderr.startswith(
        "dev.py: needs Python 3.11 or newer, and this is 3.8.18"
    )
    assert answer.stderr.count("\n") == 1


def test_prints_how_to_get_a_missing_venv_module(checkout: Checkout) -> None:
    bare = (
        "import sys, runpy; sys.modules['ensurepip'] = None; sys.argv = ['', 'test'];"
    )

    answer = checkout.python(
        "-c", bare + "runpy.run_path('dev.py', run_name='__main__')"
    )

    assert answer.returncode == 1
    assert answer.stderr == (
        "dev.py: this Python has no venv module. On Debian: apt install python3-venv\n"
    )


def test_installs_once(checkout: Checkout) -> None:
    first = checkout.dev("types")
    calls = checkout.calls()
    second = checkout.dev("types")

    assert (first.returncode, second.returncode) == (0, 0)
    assert calls[0] == ["venv"]
    assert installs(calls) == TOOLS
    assert checkout.calls() == [["-m", "mypy"]]


def test_the_demo_installs_only_what_it_needs(checkout: Checkout) -> None:
    checkout.dev("manage", "check")
    for_demo = checkout.calls()
    checkout.dev("types")
    for_tools = checkout.calls()
    checkout.dev("manage", "check")

    assert installs(for_demo) == DEMO
    assert installs(for_tools) == TOOLS
    assert ["venv"] not in for_tools
    assert checkout.calls() == [["example_project/manage.py", "check"]]


@pytest.mark.parametrize("change", [changed_requirements, changed_member])
def test_installs_again_when_the_requirements_changed(
    ready: Checkout, change: Callable[[Checkout], None]
) -> None:
    change(ready)

    ready.dev("types")

    calls = ready.calls()
    assert installs(calls) == TOOLS
    assert ["venv"] not in calls


def test_makes_a_new_environment_for_another_python(ready: Checkout) -> None:
    stamp = ready.folder / ".venv" / "dev-stamp.txt"
    stamp.write_text("3.11.0" + stamp.read_text("utf-8")[6:], "utf-8")

    ready.dev("types")

    assert ready.calls()[0] == ["venv"]


@pytest.mark.parametrize("how", ["folder", "link"])
def test_leaves_an_environment_alone_that_it_did_not_make(
    checkout: Checkout, tmp_path_factory: pytest.TempPathFactory, how: str
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    place = checkout.folder / ".venv" if how == "folder" else elsewhere
    place.mkdir(exist_ok=True)
    (place / "mine.txt").write_text("precious", "utf-8")
    if how == "link":
        (checkout.folder / ".venv").symlink_to(elsewhere)

    answer = checkout.dev("types")

    assert answer.returncode == 1
    assert answer.stderr == (
        f"dev.py: {checkout.folder / '.venv'} is not mine, so I leave it alone. "
        "Please move it away.\n"
    )
    assert (place / "mine.txt").read_text("utf-8") == "precious"
    assert checkout.calls() == []


def test_installs_with_pip_where_there_is_no_uv(checkout: Checkout) -> None:
    answer = checkout.dev("types", FAIL="uv")

    assert answer.returncode == 0
    assert installs(checkout.calls()) == ["pip uv", "pip requirements-dev.txt"]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            "Retrying after NewConnectionError: Failed to establish a new connection",
            "dev.py: the package index cannot be reached: no network, or a proxy.\n",
        ),
        (
            "No space left on device",
            (
                "No space left on device\n\n"
                "dev.py: could not install requirements-dev.txt; "
                "the reason is above.\n"
            ),
        ),
    ],
)
def test_prints_why_it_could_not_install_and_tries_again_next_time(
    checkout: Checkout, said: str, told: str
) -> None:
    answer = checkout.dev("types", FAIL="install", SAY=said)
    checkout.calls()
    checkout.dev("types")

    assert answer.returncode == 1
    assert answer.stderr == told
    again = checkout.calls()
    assert installs(again) == TOOLS
    assert ["venv"] not in again


def test_asks_the_index_but_briefly_as_there_may_be_no_network(
    checkout: Checkout,
) -> None:
    offline = "Failed to establish a new connection"

    checkout.dev("types", FAIL="install", SAY=offline)

    _venv, first = checkout.calls()
    assert has_options(first, "--timeout 5 --retries 1")


def test_passes_further_arguments_on_and_prints_the_command(ready: Checkout) -> None:
    answer = ready.dev("test", "-k", "sign in", "-x")

    assert ready.calls()[0][-3:] == ["-k", "sign in", "-x"]
    assert "$ .venv/bin/python -m pytest -n auto" in answer.stdout
    assert answer.stdout.endswith("-k 'sign in' -x\n")


def test_gives_the_exit_code_of_the_tool(ready: Checkout) -> None:
    answer = ready.dev("test", FAIL="pytest")

    assert answer.returncode == 3


def test_lint_runs_every_tool_although_one_complains(ready: Checkout) -> None:
    answer = ready.dev("lint", FAIL="check")

    tools = [" ".join(call) for call in ready.calls()]
    assert tools == [
        "-m ruff check",
        "-m ruff format --check",
        "lint-imports --no-logo",
    ]
    assert answer.returncode == 3


def test_schema_check_names_the_command_for_an_old_document(ready: Checkout) -> None:
    ready.write("docs/openapi.yaml", "old")
    writer = (
        "#!/bin/sh\nfor file; do true; done\nprintf new > $file\n"  # the last argument
    )
    ready.write(".venv/bin/python", writer)

    answer = ready.dev("schema", "--check")

    assert answer.returncode == 1
    assert answer.stderr == (
        "dev.py: docs/openapi.yaml is out of date. Run: python3 dev.py schema\n"
    )


@pytest.mark.parametrize("number", ["99999", "0", "-1", "http"])
def test_refuses_what_is_no_port(ready: Checkout, number: str) -> None:
    answer = ready.dev("demo", f"--port={number}")

    assert answer.returncode == 2
    assert f"'{number}' is no port; take 1 to 65535" in answer.stderr
    assert ready.calls() == []


def test_manage_runs_a_command_of_the_example(ready: Checkout) -> None:
    answer = ready.dev("manage", "seed", "--twice", FAIL="--twice")

    assert ready.calls() == [["example_project/manage.py", "seed", "--twice"]]
    assert answer.returncode == 3


def test_reset_deletes_what_the_demo_stored_and_is_safe_to_repeat(
    ready: Checkout,
) -> None:
    ready.write("example_project/db.sqlite3", "rows")
    ready.write("example_project/mails/1.log", "mail")
    ready.write("example_project/private/export.zip", "all data")
    ready.write("example_project/settings.py", "")

    answers = [ready.dev("reset"), ready.dev("reset")]

    left = [file.name for file in (ready.folder / "example_project").iterdir()]
    assert [answer.returncode for answer in answers] == [0, 0]
    assert left == ["settings.py"]
    assert ready.calls() == []


@pytest.mark.parametrize("check", [[], ["--check"]])
def test_proposes_another_port_when_one_is_taken(
    ready: Checkout, taken_port: int, check: list[str]
) -> None:
    answer = ready.dev("demo", "--port", str(taken_port), *check)

    assert answer.returncode == 1
    assert answer.stderr == (
        f"dev.py: port {taken_port} is taken. "
        f"Try: python3 dev.py demo --port {taken_port + 1}\n"
    )
    assert ready.calls() == []


@pytest.mark.parametrize(("fail", "code"), [("nothing", 0), ("tests.journey", 3)])
def test_demo_check_gives_the_code_of_the_journey_and_stops_the_server(
    ready: Checkout, fail: str, code: int
) -> None:
    answer = ready.dev("demo", "--check", FAIL=fail)

    *before, server, worker, journey, stopped = ready.calls()
    assert answer.returncode == code
    assert [call[1] for call in before] == ["migrate", "seed"]
    assert worker[1] == "starterkit_worker"
    assert journey[:2] == ["-m", "tests.journey"]
    assert stopped == ["worker stopped"]
    assert not is_served(server[-1])


def test_demo_check_production_installs_the_tools_and_runs_it(
    checkout: Checkout,
) -> None:
    answer = checkout.dev(
        "demo", "--check", "--production", "--port=8123", FAIL="tools.production"
    )

    calls = checkout.calls()
    assert installs(calls) == [*DEMO, *TOOLS]
    assert calls[-1] == ["-m", "tools.production", "--port", "8123"]
    assert answer.returncode == 3


def test_demo_production_only_checks(ready: Checkout) -> None:
    answer = ready.dev("demo", "--production")

    assert answer.returncode == 1
    assert answer.stderr == (
        "dev.py: --production goes with --check; "
        "to serve, see docs/how-to/production.md\n"
    )


def test_demo_check_production_says_that_windows_has_no_gunicorn(
    ready: Checkout,
) -> None:
    script = (ready.folder / "dev.py").read_text("utf-8")
    ready.write("dev.py", script.replace('os.name == "nt"', "True", 1))
    # There, the interpreter of an environment lies elsewhere.
    (ready.folder / ".venv" / "Scripts").symlink_to(ready.folder / ".venv" / "bin")
    python = ready.folder / ".venv" / "bin" / "python"
    (ready.folder / ".venv" / "bin" / "python.exe").symlink_to(python)

    answer = ready.dev("demo", "--check", "--production")

    assert answer.returncode == 1
    assert answer.stderr == (
        "dev.py: gunicorn does not run on Windows; try it in WSL or a container.\n"
    )


def test_demo_check_stops_the_server_when_it_is_cancelled(ready: Checkout) -> None:
    process = subprocess.Popen(
        [sys.executable, "dev.py", "demo", "--check"],
        cwd=ready.folder,
        env={**os.environ, "SLEEP": "tests.journey"},
        stdout=subprocess.DEVNULL,
    )
    calls = ready.wait_for("tests.journey")

    process.terminate()

    assert process.wait(timeout=30) == 143
    server = next(it for it in calls if "runserver" in it)
    address, deadline = server[-1], time.monotonic() + 10
    while is_served(address) and time.monotonic() < deadline:  # the kernel is late
        time.sleep(0.05)
    assert not is_served(address)


def test_demo_check_shows_why_the_server_did_not_start(ready: Checkout) -> None:
    answer = ready.dev("demo", "--check", FAIL="runserver", SAY="no such table")

    assert answer.returncode == 1
    assert answer.stderr.startswith("no such table")
    assert answer.stderr.endswith("the server did not start; its words are above.\n")


def test_matrix_sees_the_pythons_of_pyenv(ready: Checkout, tmp_path: Path) -> None:
    folder = tmp_path / "pyenv/versions/3.12.1/bin"
    folder.mkdir(parents=True)
    ready.write(".venv/bin/python", '#!/bin/sh\necho "PATH=$PATH"\n')

    answer = ready.dev("matrix", PYENV_ROOT=str(tmp_path / "pyenv"))

    assert f"PATH={folder}{os.pathsep}" in answer.stdout


def is_served(address: str) -> bool:
    host, _, port = address.partition(":")
    with socket.socket() as probe:
        return probe.connect_ex((host, int(port))) == 0
