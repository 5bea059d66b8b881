"""The demo's pages in Chromium: small and large, light and dark, by keyboard, by axe.

SCREENSHOTS=folder python -m pytest -n0 -m slow tests/test_demo_pages.py
"""

import base64
import os
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.core.mail import EmailMultiAlternatives

from example_project.demo.mails import SEPARATOR
from tests.browser import browser
from tests.running_server import running_server
from tests.test_existing_project import clean_environment, run

ROOT = Path(__file__).resolve().parent.parent
MANAGE = [sys.executable, str(ROOT / "example_project" / "manage.py")]
PATHS = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
WIDTHS, COLORS, LANGUAGES = (390, 1280), ("light", "dark"), ("en", "pt-BR")
PAGES = {
    "welcome": "/",
    "mailbox": "/mails/",
    "link": "/confirm?token=abc",
    "invitation": "/invitation?token=abc",
}
SWAGGER = "document.querySelectorAll('.opblock').length > 10"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The demo, seeded, with a code and a notice among its mails."""
    folder = tmp_path_factory.mktemp("demo")
    environment = {
        **clean_environment(),
        "PYTHONPATH": PATHS,
        "DATABASE_URL": f"sqlite:///{folder / 'demo.sqlite3'}",
        **{f"{name}_DIR": str(folder / name) for name in ("MAIL", "MEDIA", "PRIVATE")},
    }
    write_mails(folder / "MAIL")
    for command in ("migrate", "seed"):
        run([*MANAGE, command, "--verbosity=0"], ROOT, **environment)
    with running_server(MANAGE, ROOT, folder / "log", environment) as url:
        yield url


def write_mails(folder):
    folder.mkdir()
    texts = [("New sign-in", "From a new device."), ("Your code", "Hello,\n\n123456\n")]
    for number, (subject, text) in enumerate(texts):
        mail = EmailMultiAlternatives(subject, text, "x@example.com", ["a@example.com"])
        mail.attach_alternative(f"<p style='font-size: 2em'>{text}</p>", "text/html")
        content = mail.message().as_bytes() + b"\n" + SEPARATOR
        (folder / f"{number}.log").write_bytes(content)


@pytest.fixture
def chromium(tmp_path):
    with browser(tmp_path / "profile") as page:
        yield page


def show(chromium, url, *, width=1280, colors="light", language="en"):
    """Visit a page on such a screen, and return once it is complete."""
    screen = {"width": width, "height": 800, "deviceScaleFactor": 1}
    chromium.call("Emulation.setDeviceMetricsOverride", mobile=width < 500, **screen)
    dark = {"name": "prefers-color-scheme", "value": colors}
    chromium.call("Emulation.setEmulatedMedia", features=[dark])
    headers = {"Accept-Language": language}
    chromium.call("Network.setExtraHTTPHeaders", headers=headers)
    chromium.visit(url)
    here = "location.origin + location.pathname"
    address = url.partition("?")[0]
    chromium.wait_for(f"document.readyState == 'complete' && {here} == '{address}'")


def shoot(chromium, name):
    """Take a picture, if a folder was named for them."""
    if folder := os.environ.get("SCREENSHOTS"):
        shot = chromium.call("Page.captureScreenshot", captureBeyondViewport=True)
        Path(folder, f"{name}.png").write_bytes(base64.b64decode(shot["data"]))


def overflow(chromium):
    """By how many pixels the page is wider than the screen."""
    root = "document.documentElement"
    return chromium.run(f"{root}.scrollWidth - {root}.clientWidth")


def faults(chromium):
    """What axe finds."""
    spec = find_spec("axe_playwright_python")
    if spec is None or not spec.origin:
        pytest.skip("axe-playwright-python, which brings axe-core, is not installed")
    # Through the protocol, so the policy of the page does not forbid it.
    script = Path(spec.origin).with_name("axe.min.js").read_text("utf-8")
    chromium.run(f"{script}; 0")
    found = chromium.run("axe.run().then((result) => result.violations)")
    return [(it["id"], [node["html"] for node in it["nodes"]]) for it in found]


def press(chromium, key, text=""):
    """Press and release a key."""
    code = {"Tab": 9, "Enter": 13}[key]
    event = {"key": key, "code": key, "windowsVirtualKeyCode": code}
    chromium.call("Input.dispatchKeyEvent", type="keyDown", text=text, **event)
    chromium.call("Input.dispatchKeyEvent", type="keyUp", **event)


SIZES = [(width, colors) for width in WIDTHS for colors in COLORS]


SCREENS = [(*size, language) for size in SIZES for language in LANGUAGES]


@pytest.mark.parametrize("screen", SCREENS, ids=str)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_and_is_accessible(server, chromium, name, screen):
    width, colors, language = screen

    show(chromium, server + PAGES[name], width=width, colors=colors, language=language)

    shoot(chromium, f"{name}-{width}-{colors}-{language}")
    assert overflow(chromium) <= 0
    assert faults(chromium) == []
    assert chromium.complaints == []


@pytest.mark.parametrize("name", ["welcome", "mailbox"])
def test_the_keyboard_reaches_whatever_can_be_used(server, chromium, name):
    show(chromium, server + PAGES[name])
    usable = "a[href], button, summary, input:not([type=hidden])"
    every = f"[...document.querySelectorAll('{usable}')]"
    shown = f"{every}.filter((it) => it.checkVisibility())"
    number = chromium.run(f"{shown}.length")

    reached = set()
    for _ in range(number + 5):
        press(chromium, "Tab")
        reached.add(chromium.run(f"{shown}.indexOf(document.activeElement)"))

    assert reached >= {*range(number)}


def test_a_code_is_copied_by_keyboard(server, chromium):
    show(chromium, server + PAGES["mailbox"])
    allowed = ["clipboardReadWrite", "clipboardSanitizedWrite"]
    chromium.call("Browser.grantPermissions", origin=server, permissions=allowed)
    chromium.run("document.querySelector('.code .copy').focus()")

    press(chromium, "Enter", "\r")

    chromium.wait_for("document.getElementById('said').textContent == 'Copied'")
    assert chromium.run("navigator.clipboard.readText()") == "123456"


def test_a_link_that_is_void_says_so_and_leaves_the_address_bar(server, chromium):
    show(chromium, server + PAGES["link"])
    chromium.run("document.getElementById('password').value = 'lighthouse-keeper-7'")

    chromium.run("document.querySelector('#link button').click()")

    chromium.wait_for("document.getElementById('refused').textContent")
    assert chromium.run("location.search") == ""


@pytest.mark.parametrize(("width", "colors"), SIZES)
def test_swagger_fits_and_folds_its_guide_on_a_phone(server, chromium, width, colors):
    show(chromium, f"{server}/api/docs/", width=width, colors=colors)
    chromium.wait_for(SWAGGER)

    shoot(chromium, f"swagger-{width}-{colors}")
    is_open = chromium.run("document.querySelector('.starterkit-guide').open")
    assert is_open == (width > 500)
    assert overflow(chromium) <= 0
    assert chromium.complaints == []
