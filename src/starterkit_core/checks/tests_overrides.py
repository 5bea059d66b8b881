"""What ``manage.py check`` says about ``STARTERKIT_OVERRIDES``."""

import pytest
from django.core.checks import run_checks
from django.core.management import call_command

from tests.sample.v1.things.post.serializers import CreateThingRequest
from tests.sample.v1.things.post.use_case import CreateThing

KEY = "tests.sample.v1.things.post"
HERE = __name__


def override(method):
    """Do what ``typing.override`` does (Python 3.12)."""
    method.__override__ = True
    return method


class Fitting(CreateThing):
    @override
    def check_name(self, name, *, loud=False):
        super().check_name(name)

    def helper(self):
        """A method of the host's own."""


class Gone(CreateThing):
    @override
    def check_title(self):
        pass


class Narrow(CreateThing):
    def check_name(self):
        pass


class Private(CreateThing):
    def _secret(self):
        pass


class Old(CreateThing):
    def check_word(self, name):
        pass


class Final(CreateThing):
    @classmethod
    def execute(cls, input):
        pass


class Stranger:
    pass


class GoodRequest(CreateThingRequest):
    pass


def findings(settings, overrides):
    settings.STARTERKIT_OVERRIDES = overrides
    settings.STARTERKIT_CORE = {"DOCS_URL": "https://docs.example.com/"}
    return [
        m
        for m in run_checks(tags=["starterkit"])
        if "OVERRIDES" in m.msg or HERE in m.msg
    ]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (f"{HERE}.Fitting", []),
        ({"request": f"{HERE}.GoodRequest"}, []),
        (f"{HERE}.Missing", ["E003"]),
        ("no.such.module.Class", ["E003"]),
        (Fitting, ["E003"]),  # a class in place of its path
        ({"use_case": Fitting}, ["E003"]),
        (None, ["E003"]),
        (f"{HERE}.Stranger", ["E004"]),
        ({"request": f"{HERE}.Stranger"}, ["E004"]),
        (f"{HERE}.HERE", ["E004"]),
        ({"colour": f"{HERE}.Fitting"}, ["E002"]),
        (f"{HERE}.Gone", ["E005"]),
        (f"{HERE}.Narrow", ["E006"]),
        (f"{HERE}.Final", ["E009"]),
        (f"{HERE}.Private", ["W001"]),
        (f"{HERE}.Old", ["W002"]),
    ],
)
def test_names_each_mistake_in_a_replacement(settings, value, expected):
    found = findings(settings, {KEY: value})

    assert [message.id for message in found] == [
        f"starterkit_core.{number}" for number in expected
    ]
    assert all(f"checks.html#{message.id}" in message.hint for message in found)


def test_suggests_the_endpoint_that_was_meant(settings):
    found = findings(settings, {"tests.sample.v1.thing.post": f"{HERE}.Fitting"})

    assert [message.id for message in found] == ["starterkit_core.E001"]
    assert KEY in found[0].hint


def test_names_the_step_to_override_instead_of_an_old_one(settings):
    (found,) = findings(settings, {KEY: f"{HERE}.Old"})

    assert "check_name()" in found.hint


def test_an_overridden_old_step_still_runs(settings, client_of, user):
    calls = []
    Old.check_word = lambda self, name: calls.append(name)
    settings.STARTERKIT_OVERRIDES = {KEY: f"{HERE}.Old"}

    client_of(user).post("/api/sample/v1/things/", {"name": "Lamp"})

    assert calls == ["Lamp"]


@pytest.mark.parametrize(
    "key", ["shop_gone.v1.things.post", "shop_gone.use_cases.do_it", "nonsense"]
)
def test_names_the_module_that_is_not_installed(settings, key):
    (found,) = findings(settings, {key: f"{HERE}.Fitting"})

    assert found.id == "starterkit_core.E001"
    assert f"{key.partition('.')[0]} is not installed" in found.msg
    assert "Did you mean" not in found.hint


def test_the_command_lists_what_can_be_replaced_with_its_paths(settings, capsys):
    settings.STARTERKIT_OVERRIDES = {KEY: f"{HERE}.Fitting"}

    call_command("starterkit", "overrides", no_color=True)

    output = capsys.readouterr().out
    assert f"{KEY}\n  use_case  {KEY}.use_case.CreateThing\n" in output
    assert f"            replaced by {HERE}.Fitting\n" in output
    assert f"  request   {KEY}.serializers.CreateThingRequest\n" in output
    assert "    check_name(self, name: str) -> None\n" in output
