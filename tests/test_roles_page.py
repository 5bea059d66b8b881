"""``docs/how-to/roles.md`` and the README of users: their code does what they say."""

import re
import sys
from types import ModuleType

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management import call_command

from starterkit_core.ports import roles as port
from starterkit_users.errors import HigherRank, LastSuperuser
from starterkit_users.services.roles import known_roles, roles_of
from tests.processes import ROOT

PAGE = (ROOT / "docs" / "how-to" / "roles.md").read_text("utf-8")
README = (ROOT / "src" / "starterkit_users" / "README.md").read_text("utf-8")
BLOCK = re.compile(r"^```python\n# ([\w/]+)\.py\n(.*?)^```", re.MULTILINE | re.DOTALL)
BLOCKS = {name.replace("/", "."): code for name, code in BLOCK.findall(PAGE)}

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        get_user_model()._meta.label != "starterkit_users.User",
        reason="the page is about our user model",
    ),
]


@pytest.fixture
def of_the_page(monkeypatch):
    """Import a module as the page has it."""

    def load(name, code=None):
        module = ModuleType(name)
        monkeypatch.setitem(sys.modules, name, module)
        exec(compile(code or BLOCKS[name], name, "exec"), vars(module))  # noqa: S102  # our page
        return module

    yield load
    port.unregister("support")


@pytest.fixture
def support(of_the_page):
    of_the_page("shop.apps").ShopConfig.ready(None)
    call_command("sync_roles", verbosity=0)
    return known_roles()["support"]


def test_the_role_of_the_page_is_saved(support):
    assert support.name == "Support"
    assert support.permissions == {
        "starterkit_users.view_user",
        "starterkit_users.change_user",
    }


def test_the_readme_declares_the_same():
    assert BLOCKS["shop.apps"] in README


def test_the_page_shows_what_the_command_prints(of_the_page, capsys):
    of_the_page("shop.apps").ShopConfig.ready(None)

    call_command("sync_roles", dry_run=True)

    assert capsys.readouterr().out in PAGE


def test_a_task_gives_a_role(of_the_page, support, user):
    of_the_page("shop.tasks").make_supporter(user)

    assert roles_of(user) == ["support"]


def test_an_act_of_the_project_keeps_the_rules(of_the_page, make_user, user):
    act = of_the_page("shop.use_cases.lock_out")
    chief, clerk = make_user(is_superuser=True), make_user()

    def lock_out(subject, actor):
        given = act.LockOutInput(user_id=str(subject.pk), actor=actor)
        act.LockOut.execute(given)
        subject.refresh_from_db()

    with pytest.raises(HigherRank):
        lock_out(chief, actor=clerk)
    with pytest.raises(LastSuperuser):
        lock_out(chief, actor=chief)
    lock_out(user, actor=clerk)
    assert not user.is_active


def test_a_group_becomes_a_role(of_the_page, user):
    group = Group.objects.create(name="Helpdesk")
    user.groups.add(group)

    of_the_page("shop.migrations.0002_support").make_role(apps, None)

    assert roles_of(user) == ["support"]


def test_a_policy_decides_about_single_users(
    of_the_page, support, client_of, make_user, settings
):
    of_the_page("shop.policies")
    of_the_page("shop.accounts")
    exec(compile(BLOCKS["settings"], "settings", "exec"), found := {})  # noqa: S102  # our page
    settings.STARTERKIT_OVERRIDES = found["STARTERKIT_OVERRIDES"]
    backends = ["django.contrib.auth.backends.ModelBackend", "shop.policies.Policies"]
    settings.AUTHENTICATION_BACKENDS = backends
    actor = make_user(email="a@here.example")
    actor.groups.add(support.group_id)

    def give(subject):
        url = f"/api/users/v1/users/{subject.pk}/roles/"
        return client_of(actor).put(url, {"roles": ["support"]}).status_code

    assert give(make_user(email="b@here.example")) == 200
    assert give(make_user(email="b@there.example")) == 404
