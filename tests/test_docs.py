"""The documents are true: every name is explained, and every link has a target."""

import re
from collections import Counter
from pathlib import Path

import pytest

from starterkit_core.modules import modules
from tests import kept
from tests.documented import operations
from tests.tree import folder_of
from tools import reference
from tools.reference.errors import GENERAL, refusals_of
from tools.reference.settings import meanings_of, owners

ROOT = Path(__file__).resolve().parent.parent
OURS = [config.name for config in modules() if config.name.startswith("starterkit_")]
DOCUMENTS = sorted(
    file
    for pattern in ("*.md", "docs/**/*.md", "src/*/*.md", "example_project/**/*.md")
    for file in ROOT.glob(pattern)
)

LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
ANCHOR = re.compile(r'<a id="([^"]+)">')
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)

each_document = pytest.mark.parametrize(
    "file", DOCUMENTS, ids=[str(d.relative_to(ROOT)) for d in DOCUMENTS]
)


def anchors(page: str) -> list[str]:
    return ANCHOR.findall((ROOT / "docs/reference" / page).read_text("utf-8"))


@pytest.mark.parametrize("name", ["errors.md", "settings.md"])
def test_the_reference_matches_the_code(name):
    kept.compare(reference.FOLDER / name, reference.pages()[name])


def test_every_error_code_is_explained_once():
    refusals = [error.code for module in OURS for error in refusals_of(module)]

    assert Counter(anchors("errors.md")) == Counter([*GENERAL, *refusals])


def test_every_setting_is_explained_once():
    names = [
        f"{owner.namespace}.{name}" for owner in owners() for name in owner.entries
    ]

    assert Counter(anchors("settings.md")) == Counter(names)
    for owner in owners():
        assert owner.entries.keys() == meanings_of(owner).keys()


def test_every_code_in_the_openapi_document_is_explained():
    codes = {problem["code"] for it in operations() for problem in it.problems()}

    assert codes <= {*anchors("errors.md")}


def test_every_system_check_is_explained_once():
    quoted = re.compile(r'"(starterkit_\w+\.[EIW]\d{3})"')
    ids = {
        number
        for module in OURS
        for file in sources(module)
        for number in quoted.findall(file.read_text("utf-8"))
    }

    assert ids
    assert Counter(anchors("checks.md")) == Counter(ids)


def sources(module: str) -> list[Path]:
    files = folder_of(module).rglob("*.py")
    return [file for file in files if not file.name.startswith(("tests_", "conftest"))]


@each_document
def test_every_link_leads_somewhere(file):
    text = file.read_text("utf-8")
    for link in LINK.findall(CODE.sub("", text)):
        path, _, anchor = link.partition("#")
        if not re.match(r"\w+:", link):
            target = (file.parent / path).resolve() if path else file
            assert target.exists(), link
            assert not anchor or anchor in places(target), link


def places(file: Path) -> set[str]:
    """Return what a link into the document may point at, as GitHub names it."""
    text = file.read_text("utf-8")
    titles = (re.sub(r"[^\w\- ]", "", title) for title in HEADING.findall(text))
    slugs = {title.strip().lower().replace(" ", "-") for title in titles}
    return slugs | set(ANCHOR.findall(text))


@each_document
def test_no_page_installs_a_package_that_is_not_ours(file):
    """``starterkit`` alone is another project's name on the package index."""
    for line in file.read_text("utf-8").splitlines():
        if re.search(r"\b(pip|pipx|uv|uvx|poetry|pdm)\b.*\b(install|add|run)\b", line):
            assert not re.search(r"(?<![\w./-])starterkit(?![\w-])", line), line
