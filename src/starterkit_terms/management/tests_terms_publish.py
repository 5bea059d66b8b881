"""manage.py terms_publish: texts from files, all or none of them."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from starterkit_terms.models import (
    VersionText,
    document_model,
    version_model,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def write(tmp_path):
    def file(text="# Terms of use\n\nBe kind.\n", name="terms.md"):
        path = tmp_path / name
        path.write_text(text, "utf-8")
        return str(path)

    return file


@pytest.fixture
def run(capsys):
    def command(*args):
        call_command("terms_publish", *args)
        return capsys.readouterr().out

    return command


def test_publishes_a_new_document(run, write):
    shown = run("terms", write(), "--label", "2026-11", "--locale", "en")

    document = document_model().objects.get()
    assert (document.key, document.title) == ("terms", "Terms of use")
    assert (document.nature, document.mandatory) == ("contract", True)
    version = version_model().objects.in_force(timezone.now()).get()
    text = version.texts.get()
    assert (version.number, version.label, text.locale) == (1, "2026-11", "en")
    assert text.html == "<h1>Terms of use</h1>\n<p>Be kind.</p>\n"
    assert "Published terms 2026-11 (number 1), in force from" in shown
    assert text.content_hash in shown


def test_publishes_the_next_version_in_several_languages(run, write):
    run("terms", write(), "--label", "2026-10")
    german = write("Ohne Titel", "de.md")
    portuguese = write("# Termos\n\nSeja gentil.", "pt.md")

    run(
        *("terms", write(), "--label", "2026-11", "--title", "Terms"),
        *("--summary", "Clearer.", "--text", f"pt-BR={portuguese}"),
        *("--text", f"de={german}"),
    )

    version = version_model().objects.in_force(timezone.now()).get()
    assert (version.number, version.change_summary) == (2, "Clearer.")
    titles = {text.locale: text.title for text in version.texts.all()}
    assert titles == {"de": "Terms", "en": "Terms", "pt-br": "Termos"}


def test_takes_dates(run, write, settings):
    settings.TIME_ZONE = "Europe/Lisbon"
    start = (timezone.now() + timedelta(days=3)).date()

    shown = run(
        *("terms", write(), "--label", "1", "--effective-at", f"{start}"),
        *("--enforce-at", f"{start + timedelta(days=30)}T12:00:00+00:00"),
    )

    version = version_model().objects.get()
    assert timezone.localtime(version.effective_at).hour == 0
    assert version.enforce_at == datetime(
        *(start + timedelta(days=30)).timetuple()[:3], 12, tzinfo=UTC
    )
    assert "enforced from" in shown


def test_a_new_document_may_be_optional_or_a_notice(run, write):
    run("tips", write(), "--label", "1", "--optional")
    run("privacy", write(), "--label", "1", "--nature", "notice")

    found = document_model().objects.order_by("key")
    assert [(d.key, d.nature, d.mandatory) for d in found] == [
        ("privacy", "notice", False),
        ("tips", "contract", False),
    ]


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["terms", "nowhere.md", "--label", "1"], "Cannot read nowhere.md"),
        (["terms", "FILE", "--label", "1", "--text", "pt"], "locale=path"),
        (["terms", "FILE", "--label", "1", "--text", "pt=nowhere"], "Cannot read"),
        (["terms", "FILE", "--label", "1", "--text", "en=FILE"], "this language"),
        (["a key", "FILE", "--label", "1"], "valid"),
        (["terms", "FILE", "--label", ""], "blank"),
        (["terms", "FILE", "--label", "1", "--locale", "english"], "valid"),
        (["terms", "EMPTY", "--label", "1"], "blank"),
        (
            ["terms", "FILE", "--label", "1", "--effective-at", "2020-01-01"],
            "now or later",
        ),
        (["terms", "FILE", "--label", "1", "--effective-at", "soon"], "soon"),
    ],
)
def test_refuses_with_a_reason_and_saves_no_row(run, write, args, message):
    files = {"FILE": write(), "EMPTY": write("", "empty.md")}
    for name, path in files.items():
        args = [arg.replace(name, path) for arg in args]

    with pytest.raises(CommandError, match=message):
        run(*args)

    assert not document_model().objects.exists()
    assert not VersionText.objects.exists()


@pytest.mark.parametrize("option", [["--optional"], ["--nature", "notice"]])
def test_does_not_change_the_nature_of_a_document(run, write, option):
    run("terms", write(), "--label", "1")

    with pytest.raises(CommandError, match="of another nature"):
        run("terms", write(), "--label", "2", *option)

    assert version_model().objects.count() == 1


def test_the_same_texts_and_label_again_are_unchanged(run, write):
    first = ("terms", write(), "--label", "1", "--text", f"pt-br={write()}")
    run(*first)

    shown = run(*first)

    version = version_model().objects.get()
    assert "Unchanged: terms 1 (number 1), in force from" in shown
    assert "keeps its dates" not in shown
    assert VersionText.objects.filter(version=version.pk).count() == 2


def test_another_line_ending_is_no_change(run, write):
    run("terms", write("# Terms\n\nBe kind."), "--label", "1")

    shown = run("terms", write("# Terms\r\n\r\nBe kind."), "--label", "1")

    assert "Unchanged" in shown


def test_a_date_that_has_passed_since_is_no_failure(run, write, time_machine):
    tomorrow = timezone.now() + timedelta(days=1)
    given = ("terms", write(), "--label", "1", "--effective-at", tomorrow.isoformat())
    run(*given)

    time_machine.move_to(tomorrow + timedelta(days=30))
    shown = run(*given)

    assert "Unchanged" in shown
    assert "keeps its dates" not in shown


def test_says_that_other_dates_are_not_taken(run, write):
    run("terms", write(), "--label", "1")

    later = (timezone.now() + timedelta(days=9)).isoformat()
    shown = run("terms", write(), "--label", "1", "--enforce-at", later)

    assert "A published version keeps its dates" in shown
    assert version_model().objects.get().enforce_at is None


@pytest.mark.parametrize(
    "change", [["--label", "2"], ["--label", "1", "--title", "Rules"]]
)
def test_another_label_or_title_is_a_new_version(run, write, change):
    run("terms", write(), "--label", "1")

    run("terms", write(), *change)

    assert version_model().objects.in_force(timezone.now()).get().number == 2


def test_going_back_to_former_texts_is_a_new_version(run, write):
    run("terms", write("# A"), "--label", "1")
    run("terms", write("# B"), "--label", "2")

    run("terms", write("# A"), "--label", "1")

    assert version_model().objects.in_force(timezone.now()).get().number == 3


@pytest.mark.django_db(transaction=True)
def test_of_parallel_deployments_one_publishes(write, at_once):
    path, shown = write(), StringIO()

    def deploy(_):
        call_command("terms_publish", "terms", path, label="1", stdout=shown)

    at_once(4, deploy)

    assert version_model().objects.get().number == 1
    assert shown.getvalue().count("Published") == 1
    assert shown.getvalue().count("Unchanged") == 3
