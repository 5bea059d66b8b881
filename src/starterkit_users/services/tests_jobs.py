from datetime import timedelta
from io import StringIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import call_command
from django.utils import timezone

from starterkit_core.ports import personal_data
from starterkit_core.utils.uuid7 import first_id_at
from starterkit_users.models import Job, JobRow
from starterkit_users.services import jobs

pytestmark = pytest.mark.django_db


@pytest.fixture
def make_job(user):
    def make(**columns):
        given = {"kind": "bulk", "actor_id": str(user.pk), "options": {"act": "x"}}
        return Job.objects.create(**(given | columns))

    return make


def test_a_purge_deletes_old_jobs_with_their_rows_and_files(make_job, user):
    place = storages[jobs.STORAGE]
    name = place.save("imports/old.csv", ContentFile(b"email\n"))
    old = make_job(
        pk=first_id_at(timezone.now() - timedelta(days=31)), kind="import", file=name
    )
    jobs.save_rows(old, [user.pk])
    new = make_job()

    call_command("starterkit", "purge", stdout=StringIO())

    assert [*Job.objects.all()] == [new]
    assert not JobRow.objects.exists()
    assert not place.exists(name)


def test_a_job_that_is_over_does_not_begin_again(make_job):
    for state, begins in [
        ("waiting", True),
        ("running", True),
        ("done", False),
        ("failed", False),
    ]:
        assert (jobs.begin(make_job(state=state).pk) is not None) is begins


def test_an_erased_user_is_in_no_job(make_job, make_user, user):
    job, other = make_job(), make_user()
    jobs.save_rows(job, [user.pk, other.pk])

    jobs.JobsData().erase(user)

    job.refresh_from_db()
    assert job.actor_id == ""
    assert [it.subject_id for it in job.rows.order_by("place")] == ["", str(other.pk)]


def test_exports_what_a_user_started(make_job, make_user, user):
    make_job(total=3)
    make_job(actor_id=str(make_user().pk))

    (row,) = personal_data.export(user)["user_jobs"]

    assert (row["kind"], row["state"], row["rows"]) == ("bulk", "waiting", 3)
    assert row["created_at"].endswith("Z")


def test_without_a_storage_there_is_no_import(settings):
    settings.STORAGES = {
        name: settings.STORAGES[name] for name in ("default", "staticfiles")
    }

    assert jobs.storage() is None
