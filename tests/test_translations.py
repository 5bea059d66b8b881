"""The languages of people: nothing is missing, and it is what they get.

After a change of texts run what the head of the app's ``django.po`` says; it needs the
programs of GNU gettext. These tests need Python only.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from gettext import GNUTranslations
from http import HTTPStatus
from pathlib import Path

import pytest
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import translation
from django.utils.translation.template import templatize

from starterkit_auth.services import addresses, user_addresses
from starterkit_core.testing.client import ApiClient
from starterkit_core.testing.plugin import PASSWORD

ROOT = Path(__file__).resolve().parent.parent
APPS = sorted(
    file.parent
    for pattern in ("src/*/apps.py", "example_project/*/apps.py")
    for file in ROOT.glob(pattern)
)
LOCALES = {"starterkit_terms": ("pt_BR", "es")}
"""The languages of the modules that have others than Brazilian Portuguese."""

CATALOGS = [
    app / "locale" / locale / "LC_MESSAGES/django.po"
    for app in APPS
    for locale in LOCALES.get(app.name, ("pt_BR",))
]

Text = tuple[str | None, str, str]
"""The context or None, the singular, and the plural or ``''``: the key of an entry."""

STRING = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
CALL = re.compile(rf"(?:\b(\w*gettext)|\b_)\(({STRING}(?:, {STRING})*)(?:,count)?\)")
ENTRY = re.compile(r'^(?:(\w+)(?:\[\d\])? )?"(.*)"$', re.MULTILINE)
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[sd]|\{\w*\}|</?\w+>")

each_catalog = pytest.mark.parametrize(
    "catalog", CATALOGS, ids=lambda path: f"{path.parents[3].name}-{path.parts[-3]}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One text and its translation: several when it has a plural."""

    text: Text
    translations: tuple[str, ...]
    fuzzy: bool


def text_of(function: str, words: list[str]) -> Text:
    """Sort the words in a call of ``function``, such as ``ngettext``."""
    context = words[0] if "pgettext" in function else None
    rest = words[1:] if context is not None else words
    return context, rest[0], rest[1] if function.startswith("n") else ""


def texts_in_code(file: Path) -> Iterator[Text]:
    """Find the calls of Django's functions, whatever name they were imported by."""
    tree = ast.parse(file.read_text("utf-8"))
    names = {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        and node.module == "django.utils.translation"
        for alias in node.names
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            function = names.get(node.func.id, "")
            if "gettext" in function:
                yield text_of(function, strings(node))


def strings(call: ast.Call) -> list[str]:
    return [
        arg.value
        for arg in call.args
        if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
    ]


def texts_in_template(file: Path) -> Iterator[Text]:
    """Find what ``makemessages`` finds, by its own means."""
    for function, words in CALL.findall(templatize(file.read_text("utf-8"))):
        yield text_of(function, list(ast.literal_eval(f"({words},)")))


@cache
def texts_of(app: Path) -> set[Text]:
    code = [
        file
        for file in app.rglob("*.py")
        if file.name != "conftest.py" and not file.name.startswith("tests_")
    ]
    templates = [file for file in app.glob("templates/**/*") if file.is_file()]
    found = [*map(texts_in_code, code), *map(texts_in_template, templates)]
    return {text for texts in found for text in texts}


def entries_of(catalog: Path) -> list[Entry]:
    if not catalog.exists():
        return []
    blocks = catalog.read_text("utf-8").split("\n\n")
    return [entry for entry in map(entry_of, blocks) if entry.text[1]]


def entry_of(block: str) -> Entry:
    """Read one block of a ``.po`` file; a text goes over as many lines as it needs."""
    parts: list[tuple[str, str]] = []
    for keyword, quoted in ENTRY.findall(block):
        words = ast.literal_eval(f'"{quoted}"')
        if not keyword:
            keyword, words = parts[-1][0], parts.pop()[1] + words  # noqa: PLW2901
        parts.append((keyword, words))
    named = dict(parts)
    return Entry(
        text=(
            named.get("msgctxt"),
            named.get("msgid", ""),
            named.get("msgid_plural", ""),
        ),
        translations=tuple(words for keyword, words in parts if keyword == "msgstr"),
        fuzzy=bool(re.search("^#,.*fuzzy", block, re.MULTILINE)),
    )


def compiled(entries: list[Entry]) -> dict[str | tuple[str, int], str]:
    """Return what Python's gettext reads from the compiled form of ``entries``."""
    found: dict[str | tuple[str, int], str] = {}
    for entry in entries:
        context, singular, plural = entry.text
        key = singular if context is None else f"{context}\x04{singular}"
        forms = enumerate(entry.translations)
        keys = {(key, number): words for number, words in forms}
        found |= keys if plural else {key: entry.translations[0]}
    return found


def test_every_app_with_texts_is_looked_at() -> None:
    names = {app.name for app in APPS if texts_of(app)}

    assert names >= {
        f"starterkit_{name}" for name in ("auth", "core", "terms", "users")
    }
    assert (None, "Hello,", "") in texts_of(ROOT / "src/starterkit_auth")
    assert (None, "yours", "") in texts_of(ROOT / "example_project/demo")


@each_catalog
def test_every_text_is_translated(catalog: Path) -> None:
    ready = {
        entry.text
        for entry in entries_of(catalog)
        if entry.translations and all(entry.translations) and not entry.fuzzy
    }

    assert texts_of(catalog.parents[3]) - ready == set(), f"See the head of {catalog}"


@each_catalog
def test_the_compiled_catalog_is_the_written_one(catalog: Path) -> None:
    written = entries_of(catalog)

    if not written:
        pytest.skip("nothing to translate")
    with catalog.with_suffix(".mo").open("rb") as file:
        found = dict(GNUTranslations(file)._catalog)
    found.pop("")
    assert found == compiled(written)


@each_catalog
def test_placeholders_and_tags_are_kept(catalog: Path) -> None:
    for entry in entries_of(catalog):
        _context, singular, plural = entry.text
        expected = sorted(PLACEHOLDER.findall(plural or singular))

        for words in entry.translations:
            assert sorted(PLACEHOLDER.findall(words)) == expected, entry.text


def test_two_apps_translate_the_same_text_alike() -> None:
    said: dict[tuple[str, Text], tuple[str, ...]] = {}

    for catalog in CATALOGS:
        for entry in entries_of(catalog):
            # Django puts all catalogs into one: whichever app comes first would win.
            key = (catalog.parts[-3], entry.text)
            assert said.setdefault(key, entry.translations) == entry.translations


@pytest.fixture
def brazilian() -> Iterator[ApiClient]:
    """Call the API in Brazilian Portuguese; the language is reset afterwards."""
    client = ApiClient()
    client.credentials(HTTP_ACCEPT_LANGUAGE="pt-BR")
    with translation.override(None):
        yield client


def test_a_wrong_password_is_refused_in_portuguese(
    brazilian: ApiClient, make_user
) -> None:
    user = make_user()
    addresses.assign(user, user_addresses.address_of(user), verified=True)
    given = {"email": user_addresses.address_of(user), "password": "x" + PASSWORD}

    response = brazilian.post(reverse("starterkit_auth:session"), given)

    assert response.status_code == HTTPStatus.UNAUTHORIZED
    assert response.json()["detail"] == "E-mail ou senha incorretos."
    assert response.json()["code"] == "invalid_credentials"
    assert response["Content-Language"] == "pt-br"


@pytest.mark.parametrize("asked", ["pt-BR", "pt-br", "pt", "pt-PT, en;q=0.5"])
def test_any_portuguese_gets_the_one_that_the_project_has(
    brazilian: ApiClient, asked: str
) -> None:
    brazilian.credentials(
        HTTP_ACCEPT_LANGUAGE=asked, HTTP_AUTHORIZATION="Bearer unknown"
    )

    response = brazilian.get(reverse("starterkit_auth:session"))

    assert response.json()["detail"] == "Entre de novo, por favor."


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ("{", "O corpo da requisição não é um JSON válido."),
        ('{"a": 1, "a": 2}', "Um nome aparece duas vezes no mesmo objeto."),
        ("[" * 40 + "]" * 40, "O corpo da requisição tem níveis demais."),
        (" " * 1_000_001, "O corpo da requisição é grande demais."),
    ],
    ids=["broken", "twice", "deep", "large"],
)
def test_a_body_that_cannot_be_read_is_refused_in_portuguese(
    brazilian: ApiClient, body: str, detail: str
) -> None:
    url = reverse("starterkit_auth:session")

    response = brazilian.post(url, body, content_type="application/json")

    assert response.json()["detail"] == detail


@pytest.mark.django_db
def test_a_validation_error_is_in_portuguese(brazilian: ApiClient) -> None:
    given = {"email": "ada@example.com\x00", "password": PASSWORD}

    response = brazilian.post(reverse("starterkit_auth:registration"), given)

    problem = response.json()
    assert response.status_code == HTTPStatus.BAD_REQUEST
    assert problem["detail"] == "Alguns campos não são válidos."
    assert [(error["pointer"], error["detail"]) for error in problem["errors"]] == [
        ("/email", "Use texto simples, sem caracteres de controle.")
    ]


@pytest.mark.django_db
def test_the_confirmation_mail_is_in_portuguese(
    brazilian: ApiClient, mailbox: list[EmailMessage], settings
) -> None:
    settings.STARTERKIT_AUTH = {"FRONTEND_URL": "https://app.example.com"}
    settings.STARTERKIT_CORE = {"SITE_NAME": "Farol"}
    given = {"email": "ada@example.com", "password": PASSWORD}

    brazilian.post(reverse("starterkit_auth:registration"), given)

    [mail] = mailbox
    html = str(mail.alternatives[0][0])
    assert mail.subject == "Confirme seu e-mail em Farol"
    assert '<html lang="pt-br" dir="ltr">' in html
    for body in (mail.body, html):
        assert "Olá!" in body
        assert "Seu código para confirmar este e-mail é:" in body
        assert re.search(r"Ele funciona uma vez, por \d+ minutos\.", body)
        assert "Ou abra este link:" in body
        assert english_in(body) == []


def english_in(body: str) -> list[str]:
    """Find texts of the module that were left as they are in English."""
    texts = texts_of(ROOT / "src/starterkit_auth")
    return [text for _context, text, _plural in texts if " " in text and text in body]
