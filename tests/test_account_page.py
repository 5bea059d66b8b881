"""``docs/how-to/account.md``: its code, as it stands there."""

import re
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import translation

from starterkit_core.ports import account_sections, preferences
from starterkit_users.models import AbstractUser
from starterkit_users.v1.me.preferences.patch.use_case import (
    UpdatePreferences,
    UpdatePreferencesInput,
)

PAGE = Path(__file__).resolve().parents[1] / "docs/how-to/account.md"
BLOCK = re.compile(r"```python\n# (\S+)\.py\n(.*?)```", re.DOTALL)
TEXT = PAGE.read_text("utf-8")
BLOCKS = {name.replace("/", "."): code for name, code in BLOCK.findall(TEXT)}
ME = reverse("starterkit_users:me")

pytestmark = pytest.mark.django_db

needs_our_model = pytest.mark.skipif(
    not issubclass(get_user_model(), AbstractUser), reason="not our user model"
)


@pytest.fixture
def module(monkeypatch):
    """Return a function that makes a module of the page."""

    def make(name, **given):
        made = ModuleType(name)
        vars(made).update(given)
        package = name.partition(".")[0]
        monkeypatch.setitem(sys.modules, package, ModuleType(package))
        monkeypatch.setitem(sys.modules, name, made)
        exec(BLOCKS[name], vars(made))  # noqa: S102  # our own page
        return made

    return make


@pytest.fixture
def with_company(monkeypatch):
    """Give the user model a value that no column keeps."""
    monkeypatch.setattr(get_user_model(), "company", "Engines", raising=False)


@pytest.mark.usefixtures("with_company")
def test_a_field_more_in_the_profile(client_of, user, module, settings, received):
    profile = module("accounts.profile")
    saved = []

    class Saving(profile.UpdateProfile):
        """The model of this project has no such column, so it notes the fields."""

        def check_fields(self, account, fields):
            saved.extend(fields)

        def save(self, account, fields):
            assert account.company == "Looms"

    profile.UpdateProfile = Saving
    exec(BLOCKS["settings"], given := {})  # noqa: S102  # our own page
    settings.STARTERKIT_OVERRIDES = given["STARTERKIT_OVERRIDES"]
    before = client_of(user).get(ME)

    response = client_of(user).patch(
        ME, {"company": "Looms"}, headers={"If-Match": before["ETag"]}
    )

    assert before.json()["company"] == "Engines"
    assert response.json()["company"] == "Looms"
    assert response["ETag"] != before["ETag"]
    assert saved == ["company"]


class Orders:
    """Stands for the rows of the page."""

    objects = property(lambda self: self)

    def filter(self, **conditions):
        return SimpleNamespace(count=lambda: 3)


def test_a_section(client_of, user, module):
    module("orders.sections", Order=Orders())

    try:
        body = client_of(user).get(f"{ME}?include=orders").json()
    finally:
        account_sections.unregister("orders")

    assert body["sections"] == {"orders": {"open": 3}}


@needs_our_model
def test_a_preference(client_of, user, module):
    url = reverse("starterkit_users:me-preferences")
    orders = module("orders.preferences")
    credit = {"orders.credit": 5}

    try:
        sorted_by = client_of(user).patch(url, {"orders.sort": "cheapest"}).json()
        refused = client_of(user).patch(url, credit).json()
        account = UpdatePreferences.execute(
            UpdatePreferencesInput(user=user, changes=credit)
        )
        read = orders.sort_of(account), preferences.value_of(account, "orders.credit")
    finally:
        preferences.unregister("orders.sort")
        preferences.unregister("orders.credit")

    assert sorted_by["orders.sort"] == "cheapest"
    assert refused["errors"][0]["code"] == "read_only"
    assert read == ("cheapest", 5)


def test_a_view_of_the_project_speaks_to_the_user(module):
    pages = module("shop.pages", render_page=translation.get_language)

    assert pages.page_for(SimpleNamespace(locale="pt-br")) == "pt-br"
    assert translation.get_language() == "en"
