"""terms_publish and terms_check_drift with a folder of files."""

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from starterkit_terms.models import VersionText, document_model, version_model

pytestmark = pytest.mark.django_db

HEAD = """\
---
label: 2026-11
title: Terms of use
checkbox: I accept the terms.
summary: All new.
authoritative: en
position: 3
---

Be kind.
"""


@pytest.fixture
def write(tmp_path):
    def file(name, text):
        path = tmp_path / "legal" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")

    return file


@pytest.fixture
def legal(tmp_path, write):
    """A folder with two documents."""
    write("terms/en.md", HEAD)
    write("terms/pt-BR.md", "# Termos\n\nSeja gentil.\n")
    write("privacy/en.md", "---\nlabel: 1\nnature: notice\n---\n# Privacy\n")
    return str(tmp_path / "legal")


@pytest.fixture
def run(capsys):
    def command(name, *args):
        call_command(name, *args)
        return capsys.readouterr().out

    return command


def test_publishes_every_document_of_a_folder(run, legal):
    shown = run("terms_publish", legal)

    assert shown.count("Published") == 2
    terms = document_model().objects.get(key="terms")
    assert (terms.nature, terms.mandatory, terms.position) == ("contract", True, 3)
    version = version_model().objects.in_force(timezone.now()).get(document=terms)
    assert (version.label, version.change_summary) == ("2026-11", "All new.")
    assert version.authoritative_locale == "en"
    english, portuguese = version.texts.order_by("locale")
    assert (english.title, english.source) == ("Terms of use", "Be kind.\n")
    assert english.checkbox == "I accept the terms."
    assert (portuguese.locale, portuguese.title) == ("pt-br", "Termos")
    assert document_model().objects.get(key="privacy").nature == "notice"


def test_again_nothing_changes(run, legal):
    run("terms_publish", legal)

    shown = run("terms_publish", legal)

    assert shown.count("Unchanged") == 2
    assert version_model().objects.count() == 2


def test_publishes_what_has_changed_only(run, legal, write):
    run("terms_publish", legal)
    changed = HEAD.replace("2026-11", "2026-12\nclass: inform").replace("kind", "nice")
    write("terms/en.md", changed)

    shown = run("terms_publish", legal)

    assert (shown.count("Published"), shown.count("Unchanged")) == (1, 1)
    version = version_model().objects.get(label="2026-12")
    assert version.change_class == "inform"


def test_a_folder_with_the_files_is_one_document(run, legal):
    run("terms_publish", f"{legal}/privacy")

    assert document_model().objects.get().key == "privacy"


def test_a_dry_run_changes_no_data(run, legal):
    shown = run("terms_publish", legal, "--dry-run")

    assert shown.count("Published") == 2
    assert "no data was changed" in shown
    assert not document_model().objects.exists()


def test_takes_dates_from_the_file(run, legal, write, settings):
    settings.TIME_ZONE = "Europe/Lisbon"
    dates = "announce_at: 2999-01-01\neffective_at: 2999-02-01\n"
    dates += "enforce_at: '2999-03-01T12:00:00+00:00'\n"
    write("terms/en.md", HEAD.replace("label", f"{dates}label"))

    run("terms_publish", legal)

    version = version_model().objects.get(label="2026-11")
    assert timezone.localtime(version.announce_at).isoformat()[:13] == "2999-01-01T00"
    assert timezone.localtime(version.effective_at).isoformat()[:10] == "2999-02-01"
    assert timezone.localtime(version.enforce_at).isoformat()[:13] == "2999-03-01T12"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("# No label", "label"),
        ("---\nlabel: 1\nlabels: 2\n---\nx", "unknown: labels"),
        ("---\n- a\n---\nx", "name: value"),
        ("---\n{\n---\nx", "en.md"),
        ("---\nlabel: 1\nclass: loud\n---\n# x", "class is one of"),
        ("---\nlabel: 1\nnature: law\n---\n# x", "nature is one of"),
        ("---\nlabel: 1\noptional: maybe\n---\n# x", "true or false"),
        ("---\nlabel: 1\nposition: first\n---\n# x", "position is a number"),
        ("---\nlabel: 1\neffective_at: soon\n---\n# x", "effective_at"),
        ("---\nlabel: 1\neffective_at: 1\n---\n# x", "is a date"),
        ("---\nlabel: 1\neffective_at: 2026-13-01\n---\n# x", "effective_at|en.md"),
        ("---\nlabel: 1\n---\n", "blank"),
    ],
)
def test_refuses_with_a_reason_and_saves_no_row(run, legal, write, text, message):
    write("other/en.md", text)

    with pytest.raises(CommandError, match=message):
        run("terms_publish", legal)

    assert not VersionText.objects.exists()


def test_refuses_files_that_contradict_each_other(run, legal, write):
    write("terms/de.md", "---\nlabel: other\n---\n# Bedingungen")

    with pytest.raises(CommandError, match="another label"):
        run("terms_publish", legal)


@pytest.mark.parametrize("args", [["nowhere"], ["."]])
def test_refuses_a_folder_without_files(run, args, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    for command in ("terms_publish", "terms_check_drift"):
        with pytest.raises(CommandError, match=r"folder|there is no"):
            run(command, *args)


def test_refuses_a_file_that_is_no_text(run, legal, tmp_path):
    (tmp_path / "legal" / "terms" / "de.md").write_bytes(b"\xff\xfe\xff")

    with pytest.raises(CommandError, match="Cannot read"):
        run("terms_publish", legal)


def test_files_that_are_published_do_not_drift(run, legal):
    run("terms_publish", legal)

    assert "what is published" in run("terms_check_drift", legal)


@pytest.mark.parametrize(
    ("name", "text", "shown"),
    [
        ("terms/en.md", HEAD.replace("kind", "nice"), "text in en differs"),
        ("terms/en.md", HEAD.replace("I accept", "I agree to"), "text in en differs"),
        ("terms/de.md", "# Bedingungen", "text in de differs"),
        ("terms/en.md", HEAD.replace("2026-11", "2026-12"), "have the label 2026-12"),
        ("terms/en.md", HEAD.replace("label", "nature: attestation\nlabel"), "nature"),
        ("new/en.md", HEAD, "new: it is not published"),
    ],
)
def test_finds_files_that_differ(legal, write, capsys, *, name, text, shown):
    call_command("terms_publish", legal)
    write(name, text)

    with pytest.raises(CommandError, match="differ"):
        call_command("terms_check_drift", legal)

    assert shown in capsys.readouterr().out


def test_while_a_version_is_scheduled_both_are_right(run, legal, write):
    run("terms_publish", legal)
    later = HEAD.replace("2026-11", "2027-01\neffective_at: 2999-02-01")
    write("terms/en.md", later.replace("kind", "nice"))
    run("terms_publish", legal)

    assert "what is published" in run("terms_check_drift", legal)
    write("terms/en.md", HEAD)
    assert "what is published" in run("terms_check_drift", legal)
