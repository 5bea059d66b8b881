from http import HTTPStatus

import pytest
from django.urls import reverse

from starterkit_users.models import Job, JobRow
from starterkit_users.services import jobs

pytestmark = pytest.mark.django_db

OTHER = "0199f0a3-c5b8-7d7e-8a41-f0c2d3e4f5a6"


def url_of(job_id):
    return reverse("starterkit_users:users-bulk-bulk-id-results", args=[job_id])


@pytest.fixture
def job(changer, make_user):
    """A bulk act of the administrator on three users; one was refused."""
    made = Job.objects.create(
        kind="bulk", actor_id=str(changer.pk), options={"act": "suspend"}, total=3
    )
    jobs.save_rows(made, [make_user().pk for _ in range(3)])
    JobRow.objects.filter(job=made, place=1).update(state="refused", code="higher_rank")
    return made


def test_shows_what_became_of_each_user_page_by_page(client_of, changer, job):
    client, url = client_of(changer), url_of(job.pk)

    first = client.get(url, {"limit": 2}).json()
    rest = client.get(url, {"limit": 2, "cursor": first["next"]}).json()

    found = first["results"] + rest["results"]
    assert [row["id"] for row in found] == [
        it.subject_id for it in job.rows.order_by("place")
    ]
    assert found[1] == {
        "id": found[1]["id"],
        "state": "refused",
        "code": "higher_rank",
    }
    assert rest["next"] is None


def test_a_cursor_of_another_bulk_act_is_refused(client_of, changer, job):
    client = client_of(changer)
    cursor = client.get(url_of(job.pk), {"limit": 2}).json()["next"]
    other = Job.objects.create(kind="bulk", actor_id=str(changer.pk), total=0)

    response = client.get(url_of(other.pk), {"cursor": cursor})

    assert response.json()["code"] == "invalid_cursor"


def test_only_who_started_it_reads_it(client_of, make_user, job):
    other = make_user(is_superuser=True)

    answers = [client_of(other).get(url_of(it)) for it in (job.pk, OTHER)]

    assert {answer.status_code for answer in answers} == {HTTPStatus.NOT_FOUND}
    assert {answer.json()["code"] for answer in answers} == {"job_not_found"}


def test_needs_the_permission(client_of, changer, job):
    changer.user_permissions.clear()

    response = client_of(changer).get(url_of(job.pk))

    assert response.json()["code"] == "permission_denied"


def test_needs_a_signed_in_user(api, job):
    assert api.get(url_of(job.pk)).status_code == HTTPStatus.UNAUTHORIZED
