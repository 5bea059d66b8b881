"""The README's "Add it to your project", done to a project of Django's own making.

    python -m tests.test_existing_project

The wheels are built, and installed into a new environment by the README's own line.
Then the README's blocks go into a fresh ``startproject``, and the journey must succeed:
once with Django's user model, in a project that has been in use, and once with ours.
"""

import contextlib
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.request import urlopen

import django
import pytest

from tests.browser import Browser, browser
from tests.running_server import running_server

ROOT = Path(__file__).resolve().parent.parent
MODULES = sorted(file.parent for file in ROOT.glob("src/*/pyproject.toml"))
BIN = "Scripts" if os.name == "nt" else "bin"
OUR_USER_MODEL = 'AUTH_USER_MODEL = "starterkit_users.User"'

pytestmark = pytest.mark.slow


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """What the README tells people to do."""

    install: str
    checkout: str
    settings: list[str]
    mail: str
    url: str
    migrate: str

    @classmethod
    def of_readme(cls) -> "Recipe":
        names = ("install", "checkout", "urls", "migrate")
        (install,), (checkout,), (url,), (migrate,) = map(blocks, names)
        (mail,) = blocks("mailers" if django.VERSION >= (6, 1) else "mail")
        return cls(
            install=install,
            checkout=checkout,
            settings=blocks("settings"),
            mail=mail,
            url=url,
            migrate=migrate,
        )


def blocks(name: str, of: str = "add") -> list[str]:
    """The fenced blocks of the README behind ``<!-- add:name -->``."""
    readme = (ROOT / "README.md").read_text("utf-8")
    pattern = rf"<!-- {of}:{name} -->\n+```\w+\n(.*?)```"
    return [block.strip() for block in re.findall(pattern, readme, re.DOTALL)]


def run(command: list[str | Path], folder: Path, **env: str) -> str:
    """Run a command, and return what it printed; show all of it when it fails."""
    done = subprocess.run(  # noqa: S603  # a program of ours
        command,
        cwd=folder,
        env={**clean_environment(), **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{shlex.join(map(str, command))}\n{done.stdout}"
    return done.stdout


def clean_environment() -> dict[str, str]:
    """Our environment, without the variables that let a project see this checkout."""
    ours = ("PYTHON", "DJANGO_", "DATABASE_URL", "VIRTUAL_ENV", "MAIL_", "REDIS_")
    return {
        name: value for name, value in os.environ.items() if not name.startswith(ours)
    }


def uv() -> list[str | Path]:
    """How to call uv, or []."""
    if find_spec("uv"):
        return [sys.executable, "-m", "uv"]
    return [found] if (found := shutil.which("uv")) else []


def build_wheels(folder: Path) -> list[Path]:
    """Build every distribution as its users get it."""
    hatchling = bool(find_spec("hatchling"))
    if not hatchling and not uv():
        pytest.skip("neither hatchling nor uv is installed, so nothing builds wheels")
    for module in MODULES:
        if hatchling:
            command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel"]
            run([*command, "-d", folder], module)
        else:
            run([*uv(), "build", "-q", "--wheel", "-o", folder, module], folder)
    return sorted(folder.glob("*.whl"))


@dataclass(frozen=True, kw_only=True)
class Environment:
    """A new virtual environment."""

    folder: Path

    def program(self, name: str) -> Path:
        return self.folder / BIN / name

    def create(self) -> None:
        maker = [*uv(), "venv", "-q", "--python"] if uv() else []
        command = [*maker, sys.executable] if uv() else [sys.executable, "-m", "venv"]
        run([*command, self.folder], self.folder.parent)

    def install(self, line: str, *options: str | Path) -> None:
        """Run a line that begins with ``pip install``, with uv where there is one."""
        pip, install, *names = shlex.split(line)
        assert (pip, install) == ("pip", "install")
        python = self.program("python")
        installer = [*uv(), "pip", install, "-q", "--python", python]
        if not uv():
            installer = [python, "-m", "pip", install, "-q"]
        run([*installer, *options, *names], self.folder.parent)


def constraints_of(wheels: list[Path], folder: Path) -> Path:
    """A file that lets nothing but these very wheels be installed under their names."""
    file = folder / "wheels.txt"
    lines = [
        f"{wheel.name.split('-')[0].replace('_', '-')} @ {wheel.as_uri()}\n"
        for wheel in wheels
    ]
    file.write_text("".join(lines), "utf-8")
    return file


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    return make_environment(tmp_path_factory.mktemp("environment"))


def make_environment(folder: Path) -> Environment:
    wheels = build_wheels(folder / "wheels")
    environment = Environment(folder=folder / "venv")
    environment.create()
    constraints = constraints_of(wheels, folder)
    environment.install(Recipe.of_readme().install, "-c", constraints)
    return environment


@dataclass(frozen=True, kw_only=True)
class Project:
    """A project as ``django-admin startproject`` makes it."""

    folder: Path
    environment: Environment

    def create(self) -> None:
        self.folder.mkdir()
        django_admin = self.environment.program("django-admin")
        run([django_admin, "startproject", "mysite", self.folder], self.folder)

    @property
    def mails(self) -> Path:
        return self.folder / "mails"

    @property
    def manage(self) -> list[str]:
        return [str(self.environment.program("python")), "manage.py"]

    def extend_settings(self, block: str) -> None:
        with (self.folder / "mysite/settings.py").open("a", encoding="utf-8") as file:
            file.write(f"\n{block}\n")

    def add_url(self, line: str) -> None:
        """Do what the comment in ``urls.py`` tells to do with an ``include()``."""
        file = self.folder / "mysite/urls.py"
        text = file.read_text("utf-8")
        text = text.replace("import path", "import include, path")
        head, bracket, rest = text.rpartition("]")
        file.write_text(f"{head}    {line}\n{bracket}{rest}", "utf-8")

    def migrate(self, line: str) -> None:
        python, *rest = shlex.split(line)
        run([self.environment.program(python), *rest], self.folder, **STRICT)

    def check(self) -> None:
        """Let Django and the modules judge the project, warnings included."""
        run([*self.manage, "check", "--fail-level=WARNING"], self.folder, **STRICT)
        run([*self.manage, "makemigrations", "--check"], self.folder, **STRICT)

    def shell(self, code: str) -> str:
        """Run code in the project, and return the last line it printed."""
        said = run([*self.manage, "shell", "-c", code], self.folder)
        return said.splitlines()[-1]


STRICT = {"PYTHONWARNINGS": "error"}

# In place of the console, so that the journey can read them.
MAILS_INTO_FILES = """
import django

MAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
if django.VERSION >= (6, 1):
    options = {"file_path": BASE_DIR / "mails"}
    MAILERS = {"default": {"BACKEND": MAIL_BACKEND, "OPTIONS": options}}
else:
    EMAIL_BACKEND, EMAIL_FILE_PATH = MAIL_BACKEND, BASE_DIR / "mails"
"""


def add_starterkit(project: Project) -> None:
    """Do what the README says, word for word; nothing may be left to complain of."""
    recipe = Recipe.of_readme()
    for block in [*recipe.settings, recipe.mail, MAILS_INTO_FILES]:
        project.extend_settings(block)
    project.add_url(recipe.url)
    project.migrate(recipe.migrate)
    project.check()


@contextlib.contextmanager
def served(project: Project) -> Iterator[str]:
    """Serve the project, and find no traceback in its log."""
    log = project.folder / "server.log"
    env = {**clean_environment(), **STRICT}
    with running_server(project.manage, project.folder, log, env) as url:
        yield url
    assert "Traceback" not in log.read_text("utf-8")


def walk(project: Project) -> str:
    """Serve the project, walk the journey, and return what it printed."""
    manage = shlex.join([project.manage[0], str(project.folder / "manage.py")])
    with served(project) as url:
        options = ["--base-url", url, "--mail-dir", project.mails, "--manage", manage]
        options.append("--basics")  # no Pillow, no private storage
        said = run([sys.executable, "-m", "tests.journey", *options], ROOT)
        document = urlopen(f"{url}/api/schema/", timeout=20).read()  # noqa: S310
    assert b"/api/auth/v1/registration/" in document
    return said


@pytest.fixture
def project(tmp_path: Path, environment: Environment) -> Project:
    made = Project(folder=tmp_path / "site", environment=environment)
    made.create()
    return made


def test_the_readme_has_two_settings_blocks_and_one_url_line() -> None:
    recipe = Recipe.of_readme()

    assert len(recipe.settings) == 2
    assert len(recipe.url.splitlines()) == 1
    assert OUR_USER_MODEL in (ROOT / "README.md").read_text("utf-8")


def test_the_wheels_under_test_are_installed(environment: Environment) -> None:
    for module in MODULES:
        code = f"import {module.name}; print({module.name}.__file__)"
        place = run([environment.program("python"), "-c", code], environment.folder)

        assert environment.folder in Path(place).parents


def test_a_project_with_djangos_user_model_gets_the_journey(project: Project) -> None:
    become_an_existing_project(project)

    add_starterkit(project)

    check_journey(walk(project))
    assert project.shell(WHO_IS_IT) == "auth.User old@example.com"


def test_a_new_project_with_our_user_model_gets_the_journey(project: Project) -> None:
    project.extend_settings(OUR_USER_MODEL)

    add_starterkit(project)

    check_journey(walk(project))


def test_a_checkout_can_be_installed_in_place_of_a_release(tmp_path: Path) -> None:
    (tmp_path / "starterkit").symlink_to(ROOT, target_is_directory=True)
    environment = Environment(folder=tmp_path / "venv")
    environment.create()

    environment.install(Recipe.of_readme().checkout)

    names = ", ".join(module.name for module in MODULES)
    code = f"import drf_spectacular_sidecar, {names}; print({MODULES[0].name}.__file__)"
    place = run([environment.program("python"), "-c", code], tmp_path)
    assert environment.folder in Path(place).parents


def test_the_first_lines_lead_to_the_journey(tmp_path: Path) -> None:
    (lines,) = blocks("clone", of="try")

    said = run(["sh", "-e", "-c", lines], tmp_path, REPOSITORY=str(ROOT))

    check_journey(said)


def test_swagger_ui_renders_from_files_of_the_project_alone(project: Project) -> None:
    add_starterkit(project)

    with served(project) as url, browser(project.folder / "profile") as chromium:
        chromium.visit(f"{url}/api/docs/")
        chromium.wait_for("document.querySelectorAll('.opblock').length > 10")
        chromium.run(OPEN_IN_SWAGGER)
        chromium.wait_for("document.querySelector('.try-out button')")
        chromium.run("document.querySelector('.try-out button').click()")
        chromium.wait_for("document.querySelector('.opblock-body textarea')")

    assert chromium.complaints == []
    assert foreign(chromium, url) == []


def test_redoc_renders_from_files_of_the_project_alone(project: Project) -> None:
    add_starterkit(project)

    with served(project) as url, browser(project.folder / "profile") as chromium:
        chromium.visit(f"{url}/api/redoc/")
        chromium.wait_for("document.querySelectorAll('[data-section-id]').length > 20")

    assert chromium.complaints == []
    assert foreign(chromium, url) == []


OPEN_IN_SWAGGER = (
    "document.querySelector('[id$=auth_sign_in] .opblock-summary-control').click()"
)


def foreign(chromium: Browser, url: str) -> list[str]:
    """What the page loaded that this server did not send."""
    own = (url, f"blob:{url}", "data:")
    return [asked for asked in chromium.requested if not asked.startswith(own)]


WHO_IS_IT = """
from django.contrib.auth import get_user_model
old = get_user_model().objects.get(username="old", is_superuser=True)
print(old._meta.label, old.email)
"""


def become_an_existing_project(project: Project) -> None:
    """Give the project tables, and a user from before our modules."""
    project.migrate("python manage.py migrate")
    create = ["createsuperuser", "--noinput", "--username", "old"]
    command = [*project.manage, *create, "--email", "old@example.com"]
    run(command, project.folder, DJANGO_SUPERUSER_PASSWORD="x-marks-the-spot")


def check_journey(said: str) -> None:
    """The journey checks itself; this checks that it ran to its end."""
    assert "POST   /api/auth/v1/registration/" in said
    assert said.rstrip().endswith("requests, all answered as they should be.")


if __name__ == "__main__":
    sys.exit(pytest.main([__file__, "-n0", "-s", "-m", "slow", "-v"]))
