import os
import subprocess
import sys

from rest_framework.settings import DEFAULTS

from starterkit_core.http.renderers import JSONRenderer
from tests.hosts.other_drf_defaults.settings import REST_FRAMEWORK
from tests.hosts.transcript import *  # noqa: F403  # the fixture
from tests.processes import ROOT

PLAIN = [sys.executable, "-m", "pytest", "-q", "-n0", "--no-migrations"]
PLAIN += ["--ds=tests.hosts.plain.settings", "tests/hosts/plain"]


def test_every_setting_of_drf_is_another_one():
    usual = [name for name in DEFAULTS if REST_FRAMEWORK.get(name) == DEFAULTS[name]]

    assert usual == []


def test_json_is_the_same_without_orjson(monkeypatch):
    monkeypatch.setattr("starterkit_core.http.renderers.orjson", None)

    assert JSONRenderer().render({"name": "Zoë"}) == '{"name":"Zoë"}'.encode()


def test_answers_as_a_host_without_these_settings(transcript, tmp_path):
    file = tmp_path / "plain.txt"
    # On SQLite in memory, which no other process uses.
    environment = {**os.environ, "TRANSCRIPT": str(file), "DATABASE_URL": ""}

    subprocess.run(PLAIN, cwd=ROOT, env=environment, check=True)  # noqa: S603  # ours

    assert transcript == file.read_text("utf-8")
