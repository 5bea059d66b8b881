"""The image, as it runs in production: its own user, nothing to write to."""

import os
import re
import shlex
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path

import psycopg
import pytest

from starterkit_core.testing.mail_servers import until
from tests.image import Image, process_of, why_not
from tests.journey import BehindProxy, Journey, Project
from tests.production.programs import MailServer, Postgres, Redis, is_installed
from tests.running_server import HOST, free_port, running, wait_for
from tools.production import Mailbox

pytestmark = pytest.mark.slow

MANAGE = ("python", "example_project/manage.py")
MEGABYTE = 1_000_000
MOST = 150 * MEGABYTE
"""Most bytes of what we add to the base."""

GRACE = 25
"""Seconds after which an engine kills; gunicorn.conf.py lets a request have 20."""


@pytest.fixture(scope="module")
def image():
    if reason := why_not():
        pytest.skip(f"No image can be built here: {reason}")
    with Image() as image:
        yield image


@pytest.fixture(scope="module")
def services():
    """PostgreSQL, Redis and a mail server of these tests."""
    if Postgres.programs() is None or not is_installed("redis-server"):
        pytest.skip("initdb of PostgreSQL or redis-server is not installed")
    with Postgres() as postgres, Redis() as redis, MailServer() as mail:
        yield postgres, redis, mail


@pytest.fixture(scope="module")
def env(services):
    postgres, redis, mail = services
    return {
        "SECRET_KEY": "only-for-a-test-" + "0123456789" * 5,
        "ALLOWED_HOSTS": HOST,
        "DATABASE_URL": postgres.url,
        "REDIS_URL": redis.url,
        "MAIL_HOST": HOST,
        "MAIL_PORT": str(mail.port),
        "MAIL_TLS": "off",
        "MAIL_FROM": "shop@example.com",
        "PROXIES": "1",
    }


@pytest.fixture(scope="module")
def migrated(image, env):
    """The environment, once the database has its tables and the documents."""
    for command in (["migrate", "--verbosity=0"], ["seed", "--force"]):
        done = image.run(*MANAGE, *command, env=env | {"STATEMENT_SECONDS": "0"})
        assert done.returncode == 0, done.stdout + done.stderr
    return env


@pytest.fixture
def start(image, migrated, tmp_path):
    """``start(*command)`` runs the image's or that command until the test is over."""
    with ExitStack() as stack:

        def call(*command, **env):
            log = tmp_path / f"{time.monotonic_ns()}.log"
            started = image.command(*command, env=migrated | env)
            program = stack.enter_context(running(started, tmp_path, log, os.environ))
            program.log = log
            return program

        yield call


@pytest.fixture
def web(start):
    """The web server, with ``port``."""
    port = free_port()
    program = start(PORT=str(port))
    wait_for(program, port, program.log)
    program.port = port
    assert get(port, "/livez").status == 200  # gunicorn listens before it can answer
    return program


@pytest.fixture
def worker(start):
    return start(*MANAGE, "starterkit_worker", "--interval=0.2", "--no-startup-delay")


def get(port, path, **headers):
    """Send a request as the proxy would, and return the answer."""
    connection = HTTPConnection(HOST, port, timeout=20)
    given = {name.replace("_", "-"): headers[name] for name in headers}
    connection.request("GET", path, headers={"X-Forwarded-Proto": "https", **given})
    answer = connection.getresponse()
    answer.body = answer.read()
    connection.close()
    return answer


def end(program):
    """Send what an engine sends; return the exit code and the seconds it took."""
    begin = time.monotonic()
    os.kill(process_of(program), signal.SIGTERM)
    return program.wait(GRACE), time.monotonic() - begin


class InContainer(Project):
    """Runs the commands of the operator in a container."""

    def __init__(self, image, env):
        super().__init__("")
        self.image, self.env = image, env

    def _run(self, command):
        files = [word for word in command if Path(word).is_file()]
        given = {file: f"/tmp/given/{Path(file).name}" for file in files}  # noqa: S108  # of the container
        words = [*MANAGE, *(given.get(word, word) for word in command)]
        folder = str(Path(files[0]).parent)
        done = self.image.run(*words, env=self.env, files=folder)
        assert done.returncode == 0, done.stdout + done.stderr

    def verify_evidence(self, user_id):
        export = shlex.join([*MANAGE, "terms_export", "/tmp/pack", "--user", user_id])  # noqa: S108  # of the container
        line = f"{export} && python -I /tmp/pack/verify.py"

        done = self.image.run("sh", "-ec", line, env=self.env)

        assert done.returncode == 0, done.stdout + done.stderr


def test_a_user_takes_the_whole_way_through_it(image, web, worker, services, migrated):
    server = BehindProxy(f"http://{HOST}:{web.port}")
    project = InContainer(image, migrated)

    Journey(server, Mailbox(services[2]), project, "GET notes/v1/notes/").walk()

    assert server.requests > 30
    said = web.log.read_text() + worker.log.read_text()
    assert "Traceback" not in said, said


def test_runs_as_its_own_user_and_can_change_no_file(image, web):
    status = Path(f"/proc/{process_of(web)}/status").read_text()
    tried = """
import os
for place in ("/", "/app", "/app/example_project", "/venv", "/etc", "/var/tmp", "/tmp"):
    try:
        open(f"{place}/new", "w")
        print(place)
    except OSError as error:
        print(place, error.strerror)
print(os.getuid())
"""
    [*refused, tmp, user] = image.run("python", "-c", tried, env={}).stdout.splitlines()

    assert re.search(r"^Uid:\t10001\t10001\t10001\t10001$", status, re.MULTILINE)
    assert re.search(r"^CapEff:\t0+$", status, re.MULTILINE)
    assert (tmp, user) == ("/tmp", "10001")  # noqa: S108  # of the container
    assert all(line.endswith("Read-only file system") for line in refused), refused


def test_each_file_of_ours_belongs_to_root(image):
    places = [image.root / "app", image.root / "venv"]
    files = [file for place in places for file in place.rglob("*")]

    owners = {file.lstat().st_uid for file in files}
    open_to_all = [
        file for file in files if not file.is_symlink() and file.stat().st_mode & 0o022
    ]

    assert owners == {0}
    assert open_to_all == []


def test_holds_what_runs_and_no_more(image):
    files = [str(file.relative_to(image.root)) for file in image.root.rglob("*")]
    unwanted = re.compile(
        r"""
        bin/(gcc|cc|g\+\+|ld|make|git|curl|wget|pip[\d.]*|uv|hatch)$  # build tools
        | site-packages/(pip|setuptools|hatchling|pytest)(-|/|$)
        | (^|/)\.(git|env|venv|cache)(/|$)
        | (^app|/starterkit_\w+)/.*(conftest|tests_\w+)\.py$           # our tests
        | ^app/.*(sqlite3|\.env|mails/|Dockerfile)
        | ^root/\.cache | ^build(/|$)
        """,
        re.VERBOSE,
    )
    code = [file for file in files if re.match(r"app/|venv/.*/starterkit_", file)]

    found = [file for file in files if unwanted.search(file)]

    assert found == []
    assert any(file.endswith("__pycache__/settings.cpython-313.pyc") for file in code)
    assert any(file.endswith("pt_BR/LC_MESSAGES/django.mo") for file in code)


def test_has_no_secret_in_its_settings_or_files(image):
    settings = str(image.config["Env"] + image.config["Cmd"])
    assert "SECRET_KEY" not in settings
    assert set(re.findall(r"SECRET_KEY=(\w+)", image.about)) <= {"unused"}


def test_what_we_add_to_the_base_is_small(image, record_property):
    places = [image.root / "app", image.root / "venv"]
    size = sum(file.lstat().st_size for place in places for file in place.rglob("*"))

    record_property("megabytes", size // MEGABYTE)
    print(f"{size // MEGABYTE} of {MOST // MEGABYTE} MB")  # noqa: T201  # a report

    assert size < MOST


def test_its_health_check_says_whether_it_is_alive(image, web, migrated):
    [kind, *command] = image.config["Healthcheck"]["Test"]
    port = {"PORT": str(web.port)}

    up = image.run(*command, env=port)
    end(web)
    down = image.run(*command, env=port)

    assert kind == "CMD"
    assert (up.returncode, up.stderr) == (0, "")
    assert (down.returncode, down.stderr.count("\n")) == (1, 1)
    assert "no answer from port" in down.stderr


def test_a_request_that_is_being_answered_outlives_the_signal_to_end(web, services):
    postgres = services[0]
    with psycopg.connect(postgres.url) as other, ThreadPoolExecutor() as threads:
        other.execute("LOCK TABLE starterkit_terms_document IN ACCESS EXCLUSIVE MODE")
        waiting = threads.submit(get, web.port, "/api/terms/v1/documents/")
        time.sleep(0.5)
        ended = threads.submit(end, web)
        time.sleep(0.5)
        other.rollback()

        answer, (code, seconds) = waiting.result(), ended.result()

    assert answer.status == 200
    assert code == 0
    assert seconds < GRACE


def test_the_worker_ends_when_it_is_told_to(worker):
    # As process 1 of its container it is deaf until it has said how it takes signals.
    assert until(lambda: "Starting worker" in worker.log.read_text())

    code, seconds = end(worker)

    assert code == 0, worker.log.read_text()
    assert seconds < GRACE


def test_serves_static_files_that_browsers_may_keep(web):
    page = get(web.port, "/admin/login/").body.decode()
    [style, *_] = re.findall(r'href="(/static/admin/css/[^"]+)"', page)

    answer = get(web.port, style, Accept_Encoding="gzip")

    assert answer.status == 200
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["Content-Encoding"] == "gzip"


def test_without_a_proxy_it_answers_a_browser_on_this_machine(start):
    port = free_port()
    program = start(PORT=str(port), HTTPS="off", PROXIES="0")  # as in .env.example
    wait_for(program, port, program.log)

    answer = get(port, "/admin/login/", X_Forwarded_Proto="http")

    assert answer.status == 200


def test_passes_the_checks_of_a_deployment(image, migrated):
    done = image.run(*MANAGE, "check", "--deploy", "--fail-level=INFO", env=migrated)

    assert done.returncode == 0, done.stderr


def test_refuses_to_start_without_its_settings(image):
    done = image.run(*MANAGE, "check", env={})

    assert done.returncode == 1
    for name in ("SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "REDIS_URL"):
        assert name in done.stderr
