from http import HTTPStatus

import pytest
from django.urls import reverse

from starterkit_users.models import Job, JobRow
from starterkit_users.services import jobs

pytestmark = pytest.mark.django_db

OTHER = "0199f0a3-c5b8-7d7e-8a41-f0c2d3e4f5a6"


def url_of(job_id):
    return reverse("starterkit_users:users-bulk-bulk-id", args=[job_id])


@pytest.fixture
def job(changer, make_user):
    """A bulk act of the administrator on two users; one is done."""
    options = {"act": "suspend", "given": {"reason": "Spam"}}
    made = Job.objects.create(
        kind="bulk",
        state="running",
        actor_id=str(changer.pk),
        options=options,
        total=2,
    )
    jobs.save_rows(made, [make_user().pk, make_user().pk])
    JobRow.objects.filter(job=made, place=0).update(state="done")
    return made


def test_shows_how_far_it_is(client_of, changer, job):
    response = client_of(changer).get(url_of(job.pk))

    body = response.json()
    assert response.status_code == HTTPStatus.OK
    assert (body["act"], body["state"], body["total"]) == ("suspend", "running", 2)
    assert (body["done"], body["refused"], body["finished_at"]) == (1, 0, None)
    assert [row["state"] for row in body["results"]] == ["done", "waiting"]
    assert "Spam" not in response.content.decode()


def test_only_who_started_it_reads_it(client_of, make_user, job):
    other = make_user(is_superuser=True)

    answers = [client_of(other).get(url_of(it)) for it in (job.pk, OTHER)]

    assert {answer.status_code for answer in answers} == {HTTPStatus.NOT_FOUND}
    assert {answer.json()["code"] for answer in answers} == {"job_not_found"}


def test_an_import_is_no_bulk_act(client_of, changer, job):
    Job.objects.update(kind="import")

    assert client_of(changer).get(url_of(job.pk)).status_code == HTTPStatus.NOT_FOUND


def test_needs_the_permission(client_of, changer, job):
    changer.user_permissions.clear()

    response = client_of(changer).get(url_of(job.pk))

    assert response.json()["code"] == "permission_denied"


def test_needs_a_signed_in_user(api, job):
    assert api.get(url_of(job.pk)).status_code == HTTPStatus.UNAUTHORIZED


def test_more_users_take_no_more_queries(
    client_of, changer, job, make_user, django_assert_max_num_queries
):
    jobs_before = Job.objects.get()
    jobs_before.rows.all().delete()
    jobs.save_rows(jobs_before, [make_user().pk for _ in range(20)])

    with django_assert_max_num_queries(6):
        client_of(changer).get(url_of(job.pk))
