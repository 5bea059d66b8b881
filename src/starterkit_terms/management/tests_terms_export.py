"""``terms_export``: evidence that a script verifies without us."""

import json
import subprocess
import sys
import zipfile
from hashlib import sha256
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from starterkit_core.models import AuditEvent
from starterkit_core.ports import personal_data
from starterkit_terms.conftest import accepting
from starterkit_terms.models import acceptance_model
from starterkit_terms.services import verifying

pytestmark = pytest.mark.django_db

FILES = ("acts.jsonl", "texts.jsonl", "verify.py", "manifest.json", "manifest.sha256")


@pytest.fixture
def accept(client_of, monkeypatch):
    monkeypatch.setattr(verifying, "BATCH", 2)

    def post(person, version, **changes):
        body = {"acceptances": [accepting(version, **changes)]}
        client_of(person).post(reverse("starterkit_terms:acceptances"), body)

    return post


@pytest.fixture
def version(make_version, make_document):
    return make_version(make_document(key="terms"), texts=("en", "pt-br"))


@pytest.fixture
def pack(tmp_path, user, version, accept):
    """The folder with the evidence of a user who has accepted two versions."""
    accept(user, version)
    return export(tmp_path / "pack", user=str(user.pk))


def export(target, **options):
    call_command("terms_export", target, stdout=StringIO(), **options)
    return target


def verify(pack, folder, *args):
    """Run the script of a pack in an empty folder; return its status and output."""
    folder.mkdir(exist_ok=True)
    done = subprocess.run(  # noqa: S603  # our own script
        [sys.executable, "-I", str(pack / "verify.py"), *args],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    return done.returncode, done.stdout


def rewritten(pack, name, change):
    """Change the rows of a file, and the manifest, as a forger would."""
    rows = [json.loads(line) for line in (pack / name).read_text("utf-8").splitlines()]
    changed = "".join(json.dumps(row) + "\n" for row in change(rows)).encode()
    (pack / name).write_bytes(changed)
    manifest = json.loads((pack / "manifest.json").read_text("utf-8"))
    about = manifest["files"][name]
    about.update(sha256=sha256(changed).hexdigest(), lines=changed.count(b"\n"))
    raw = json.dumps(manifest).encode()
    (pack / "manifest.json").write_bytes(raw)
    signed = f"{sha256(raw).hexdigest()}  manifest.json\n"
    (pack / "manifest.sha256").write_text(signed, "ascii")


def test_what_was_exported_verifies_without_us(pack, tmp_path):
    status, shown = verify(pack, tmp_path / "empty")

    assert status == 0, shown
    assert "2 texts, 1 acts" in shown
    event = AuditEvent.objects.get(action="terms.evidence_exported")
    assert event.facts["manifest"] in shown
    assert {path.name for path in pack.iterdir()} == {*FILES}
    assert {path.stat().st_mode & 0o077 for path in (pack, *pack.iterdir())} == {0}


@pytest.mark.parametrize("name", FILES)
def test_one_byte_more_or_another_one_fails(pack, tmp_path, name):
    whole = (pack / name).read_bytes()
    # In a comment of the script, and in a value elsewhere.
    place = len(whole) // 2 if name != "verify.py" else 5
    other = b"Q" if whole[place : place + 1] != b"Q" else b"R"

    for changed in (whole + b"\n", whole[:place] + other + whole[place + 1 :]):
        (pack / name).write_bytes(changed)
        status, shown = verify(pack, tmp_path / "empty")
        assert status == 1
        assert "NOT the evidence" in shown


@pytest.mark.parametrize("name", FILES[:2])
def test_a_file_that_is_gone_fails(pack, tmp_path, name):
    (pack / name).unlink()

    assert verify(pack, tmp_path / "empty") == (
        1,
        f"{name} is missing.\nNOT the evidence that was exported. Wrong: 1.\n",
    )


@pytest.mark.parametrize(
    ("name", "values", "sentence"),
    [
        ("texts.jsonl", {"source": "Other"}, "does not fit its hash"),
        ("texts.jsonl", {"number": 7}, "does not fit its hash"),
        ("texts.jsonl", {"html": "<p>Other</p>"}, "HTML of"),
        ("acts.jsonl", {"content_hash": "0" * 64}, "fits no text"),
        ("acts.jsonl", {"wording": "I agree to all"}, "fits no text"),
        ("acts.jsonl", {"sequence": 2}, "are missing"),
    ],
)
def test_a_changed_row_fails_even_under_a_new_manifest(
    pack, tmp_path, name, values, sentence
):
    rewritten(pack, name, lambda rows: [{**row, **values} for row in rows])

    status, shown = verify(pack, tmp_path / "empty")

    assert status == 1
    assert sentence in shown


def test_a_damaged_zip_fails(version, user, accept, tmp_path):
    accept(user, version)
    target = export(tmp_path / "pack.zip", user=str(user.pk))
    script = tmp_path / "verify.py"
    with zipfile.ZipFile(target) as zipped:
        script.write_bytes(zipped.read("verify.py"))
        at = zipped.getinfo("manifest.json").header_offset
    raw = bytearray(target.read_bytes())
    begin = at + raw[at:].index(b"manifest.json") + len("manifest.json") + 20
    raw[begin : begin + 8] = b"\xff" * 8
    target.write_bytes(raw)

    status, text = verify(tmp_path, tmp_path / "elsewhere", str(target))

    assert status == 1
    assert "The pack is damaged" in text


def test_a_manifest_that_names_no_acts_fails(pack, tmp_path):
    manifest = json.loads((pack / "manifest.json").read_text("utf-8"))
    del manifest["files"]["acts.jsonl"]
    raw = json.dumps(manifest).encode()
    (pack / "manifest.json").write_bytes(raw)
    line = f"{sha256(raw).hexdigest()}  manifest.json\n"
    (pack / "manifest.sha256").write_text(line)

    status, text = verify(pack, tmp_path / "elsewhere")

    assert status == 1
    assert "The pack is damaged" in text


def test_an_act_that_is_there_twice_fails(pack, tmp_path):
    rewritten(pack, "acts.jsonl", lambda rows: rows * 2)

    status, shown = verify(pack, tmp_path / "empty")

    assert status == 1
    assert "twice" in shown


def test_a_zip_of_a_version_has_the_acts_of_erased_users(
    tmp_path, version, accept, user, make_user
):
    for person in (user, make_user(), make_user()):
        accept(person, version)
    personal_data.erase(user)
    packed = export(tmp_path / "pack.zip", document="terms@1")

    with zipfile.ZipFile(packed) as zipped:
        zipped.extract("verify.py", tmp_path)
        acts = zipped.read("acts.jsonl").decode()
    status, shown = verify(tmp_path, tmp_path / "empty", str(packed))

    assert (status, packed.stat().st_mode & 0o077) == (0, 0)
    assert "2 texts, 3 acts" in shown
    assert f'"{user.pk}"' not in acts
    assert acts.count('"user": null') == 1


def test_finds_the_evidence_of_an_erased_user_by_id(
    tmp_path, user, version, accept, settings
):
    accept(user, version)
    key = str(user.pk)
    personal_data.erase(user)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-key-of-the-same-project-0123456789"

    pack = export(tmp_path / "pack", user=key)

    (act,) = (pack / "acts.jsonl").read_text("utf-8").splitlines()
    assert json.loads(act)["user"] is None
    event = AuditEvent.objects.get(action="terms.evidence_exported")
    assert {**event.facts, "manifest": ""} == {
        "kind": "user",
        "number": 1,
        "manifest": "",
    }


def test_refuses_what_there_is_not(tmp_path, version, user, make_draft):
    make_draft(version.document)

    for options in (
        {"document": "terms@9"},
        {"document": "terms@2"},
        {"document": "terms"},
        {"user": str(user.pk)},
        {"user": "not an id"},
    ):
        with pytest.raises(CommandError):
            export(tmp_path / "pack", **options)

    assert not (tmp_path / "pack").exists()


@pytest.mark.parametrize("name", ["pack", "pack.zip"])
def test_overwrites_neither_a_folder_nor_a_file(tmp_path, version, name):
    export(tmp_path / name, document="terms@1")

    with pytest.raises(CommandError, match="Cannot write"):
        export(tmp_path / name, document="terms@1")


def test_the_script_hashes_as_publishing_does(pack, tmp_path, version):
    assert acceptance_model().objects.exists()
    for line in (pack / "texts.jsonl").read_text("utf-8").splitlines():
        text = version.texts.get(locale=json.loads(line)["locale"])
        assert json.loads(line)["content_hash"] == text.content_hash
