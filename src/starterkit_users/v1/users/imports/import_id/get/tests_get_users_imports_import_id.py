from http import HTTPStatus

import pytest
from django.urls import reverse

from starterkit_users.models import Job, JobRow

pytestmark = pytest.mark.django_db

OTHER = "0199f0a3-c5b8-7d7e-8a41-f0c2d3e4f5a6"


def url_of(job_id):
    return reverse("starterkit_users:users-imports-import-id", args=[job_id])


@pytest.fixture
def job(changer):
    """An import of the administrator that is under way."""
    made = Job.objects.create(
        kind="import",
        state="running",
        actor_id=str(changer.pk),
        options={"dry_run": False, "key": "email", "columns": ["email"]},
        total=9,
        done=4,
        counts={"created": 2, "refused": 1},
    )
    JobRow.objects.create(
        job=made, place=3, state="refused", field="email", code="invalid"
    )
    return made


def test_shows_how_far_it_is(client_of, changer, job):
    body = client_of(changer).get(url_of(job.pk)).json()

    assert body.pop("created_at")
    assert body == {
        "id": str(job.pk),
        "state": "running",
        "code": "",
        "dry_run": False,
        "lines": 9,
        "lines_done": 4,
        "created": 2,
        "updated": 0,
        "unchanged": 0,
        "refused": 1,
        "errors": [{"line": 3, "field": "email", "code": "invalid"}],
        "finished_at": None,
    }


def test_only_who_started_it_reads_it(client_of, make_user, job):
    other = make_user(is_superuser=True)

    answers = [client_of(other).get(url_of(it)) for it in (job.pk, OTHER)]

    assert {answer.status_code for answer in answers} == {HTTPStatus.NOT_FOUND}
    assert {answer.json()["code"] for answer in answers} == {"job_not_found"}


def test_a_bulk_act_is_no_import(client_of, changer, job):
    Job.objects.update(kind="bulk")

    assert client_of(changer).get(url_of(job.pk)).status_code == HTTPStatus.NOT_FOUND


def test_needs_the_permission(client_of, changer, job):
    changer.user_permissions.clear()

    response = client_of(changer).get(url_of(job.pk))

    assert response.json()["code"] == "permission_denied"


def test_needs_a_signed_in_user(api, job):
    assert api.get(url_of(job.pk)).status_code == HTTPStatus.UNAUTHORIZED
