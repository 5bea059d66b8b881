"""Attempts to make the file of an export, repeated and cut short."""

import pytest
from django.core.files.base import ContentFile

from starterkit_core.ports import personal_data
from starterkit_users.conf import export_storage
from starterkit_users.models import DataExport
from starterkit_users.use_cases.make_export import MakeExport, MakeExportInput

pytestmark = pytest.mark.django_db


def make(export):
    return MakeExport.execute(MakeExportInput(export_id=str(export.pk)))


def files():
    storage = export_storage()
    return storage.listdir("exports")[1] if storage.exists("exports") else []


@pytest.fixture(autouse=True)
def no_files_of_other_tests():
    """Begin with an empty folder: the storage in memory is that of the process."""
    for name in files():
        export_storage().delete(f"exports/{name}")


class Meanwhile:
    """A provider that lets something happen while the file is made."""

    name = "meanwhile"
    models = ()

    def __init__(self, happen):
        self.happen = happen

    def export(self, user):
        happen, self.happen = self.happen, lambda: None
        happen()
        return {}

    def erase(self, user):
        pass


@pytest.fixture
def meanwhile():
    def register(happen):
        personal_data.register(Meanwhile(happen))

    yield register
    personal_data.unregister("meanwhile")


def test_repeating_it_makes_no_other_file(user, mailbox):
    export = DataExport.objects.create(user=user)

    assert make(export)
    assert not make(export)

    assert len(files()) == 1


def test_of_two_attempts_one_leaves_its_file(user, meanwhile):
    export = DataExport.objects.create(user=user)
    meanwhile(lambda: make(export))

    make(export)

    export.refresh_from_db()
    assert files() == [export.file.removeprefix("exports/")]
    assert export.state == "ready"


def test_an_attempt_that_was_replaced_by_another_one_is_void(user, meanwhile):
    export = DataExport.objects.create(user=user)
    other = MakeExport(MakeExportInput(export_id=str(export.pk)))
    meanwhile(other.begin)

    assert not make(export)

    export.refresh_from_db()
    assert (export.state, export.file) == ("waiting", other.file)
    assert files() == []


def test_the_file_of_an_attempt_that_was_killed_is_deleted(user):
    former = "exports/killed.zip"
    export = DataExport.objects.create(user=user, file=former)
    export_storage().save(former, ContentFile(b"PK"))

    make(export)

    assert not export_storage().exists(former)
    assert len(files()) == 1


def test_an_account_that_is_erased_meanwhile_leaves_no_file(
    user, meanwhile, django_capture_on_commit_callbacks
):
    export = DataExport.objects.create(user=user)
    meanwhile(lambda: personal_data.erase(user))

    with django_capture_on_commit_callbacks(execute=True):
        assert not make(export)

    assert files() == []
