import json
import os
import subprocess
import sys
from pathlib import Path

from django.core.checks import run_checks

ROOT = Path(__file__).resolve().parents[3]


def answers(settings):
    """Return what every view of the project answers with these settings."""
    module = f"tests.hosts.living_api.{settings}"
    done = subprocess.run(
        [sys.executable, "-m", "tests.hosts.living_api.probe"],
        cwd=ROOT,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": module,
            "PYTHONHASHSEED": "0",  # the header Allow is in the order of a set
            "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_every_view_of_the_project_answers_as_before():
    before, after = answers("before"), answers("settings")

    assert len(before) > 1000
    changed = [(was, now) for was, now in zip(before, after, strict=True) if was != now]
    assert not changed, changed[:3]


def test_our_endpoints_answer_beside_them(person):
    person.prefix = "/kit/"

    wrong = person.walk()

    assert wrong == ""


def test_its_views_take_our_token_too(person):
    person.prefix = "/kit/"
    person.sign_up()
    person.confirm()

    me = person.client.get("/api/who/").json()

    assert str(me["user"]) == person.read_me().json()["id"]


def test_check_has_nothing_to_say_about_authentication():
    found = [
        it.id
        for it in run_checks(tags=["starterkit"])
        if it.id.startswith("starterkit_auth")
    ]

    assert found == []
