"""POST v1/users/bulk/, and what is read of it later."""

from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db.models import Q
from django.urls import reverse

from starterkit_core.db.databases import rows_of
from starterkit_core.http.fields import FlagParameter
from starterkit_core.http.shared_serializers import forget_shared
from starterkit_core.models import AuditEvent
from starterkit_core.ports import user_filters
from starterkit_core.services import audit
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import NO_CLIENT, Client
from starterkit_users.models import Job, JobRow
from starterkit_users.services import account_changes, bulk_acts, jobs, ranks
from starterkit_users.services.bulk_acts import BulkAct
from starterkit_users.use_cases.run_bulk import RunBulk, RunBulkInput, run_bulk

URL = reverse("starterkit_users:users-bulk")

pytestmark = pytest.mark.django_db


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameInput(Input):
    """What an act takes."""

    user_id: str
    reason: str = ""
    actor: Any = None
    client: Client = NO_CLIENT


class Rename(UseCase[RenameInput, None]):
    """An act on one user, as that of a host project."""

    def run(self):
        user = ranks.lock_subject(self.input.user_id)
        ranks.require_rank(self.input.actor, user)
        is_broken = user.first_name == "Broken"
        account_changes.apply(
            user, {"first_name": self.input.reason}, allowed=["first_name"]
        )
        account_changes.check(user, ["first_name"])
        account_changes.save(user, ["first_name"])
        audit.record("users.renamed", actor=self.input.actor, subject=user)
        if is_broken:
            raise RuntimeError("A bug.")


RENAME = BulkAct(
    name="rename",
    use_case=Rename,
    input=RenameInput,
    takes=("reason",),
    needs=("reason",),
)
DELETE = BulkAct(name="remove", use_case=Rename, input=RenameInput, permission="delete")


@pytest.fixture(autouse=True)
def own_acts():
    for act in (RENAME, DELETE):
        bulk_acts.register(act)
    forget_shared()
    yield
    for act in (RENAME, DELETE):
        bulk_acts.unregister(act.name)
    forget_shared()


@pytest.fixture
def post(client_of, changer):
    """Send a bulk act of the administrator."""
    return partial(client_of(changer).post, URL)


def named(name):
    return {user.pk for user in rows_of(get_user_model()).filter(first_name=name)}


def by_ids(*users, **more):
    ids = [str(user.pk) for user in users]
    return {"act": "rename", "ids": ids, "reason": "Ada"} | more


def test_acts_on_each_user(post, make_user):
    users = [make_user(), make_user()]
    other = make_user()

    response = post(by_ids(*users))

    body = response.json()
    assert response.status_code == HTTPStatus.CREATED, response.content
    assert (body["state"], body["total"], body["done"]) == ("done", 2, 2)
    assert body["finished_at"] is not None
    assert [row["id"] for row in body["results"]] == [str(it.pk) for it in users]
    assert {row["state"] for row in body["results"]} == {"done"}
    assert named("Ada") == {user.pk for user in users}
    assert other.pk not in named("Ada")


def test_one_refusal_stops_no_other(post, make_user):
    above, user = make_user(is_superuser=True), make_user()

    response = post(
        by_ids(above, user) | {"ids": [str(above.pk), "none", str(user.pk)]}
    )

    results = response.json()["results"]
    assert [row["code"] for row in results] == ["higher_rank", "user_not_found", ""]
    assert [row["state"] for row in results] == ["refused", "refused", "done"]
    assert (response.json()["done"], response.json()["refused"]) == (1, 2)
    assert named("Ada") == {user.pk}


def test_what_the_user_model_refuses_is_a_refusal(post, user):
    response = post(by_ids(user, reason="x" * 300))

    assert response.json()["results"][0]["code"] == "validation_error"


def test_a_bug_of_one_row_stops_no_other(post, make_user, caplog):
    first, second = make_user(first_name="Broken"), make_user()

    response = post(by_ids(first, second))

    assert [it["code"] for it in response.json()["results"]] == ["server_error", ""]
    assert named("Ada") == {second.pk}
    assert "A bulk act failed for one user." in caplog.text


def test_an_id_that_stands_twice_is_one_user(post, user):
    response = post(by_ids(user, user))

    assert response.json()["total"] == 1


def test_acts_on_whom_the_filters_find(post, make_user):
    users = [make_user(is_active=False), make_user(is_active=False)]
    make_user()

    response = post(
        {
            "act": "rename",
            "filters": {"is_active": False},
            "count": 2,
            "reason": "Ada",
        }
    )

    assert response.status_code == HTTPStatus.CREATED, response.content
    assert named("Ada") == {user.pk for user in users}


def test_acts_on_no_other_number_than_was_counted(post, make_user):
    make_user(is_active=False)

    response = post(
        {"act": "rename", "filters": {"is_active": False}, "count": 2, "reason": "Ada"}
    )

    assert response.status_code == HTTPStatus.CONFLICT
    assert response.json()["code"] == "count_differs"
    assert response.json()["count"] == 1
    assert named("Ada") == set()
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"act": "rename", "reason": "x"},
        {"act": "rename", "reason": "x", "ids": []},
        {"act": "rename", "reason": "x", "ids": ["1"], "filters": {}, "count": 1},
        {"act": "rename", "reason": "x", "filters": {"is_active": False}},
        {"act": "rename", "reason": "x", "filters": {"is_activ": False}, "count": 1},
        {"act": "rename", "reason": "x", "filters": {"is_active": "0"}, "count": 1},
        {"act": "rename", "reason": "x", "filters": {"is_active": {}}, "count": 1},
        {"act": "rename", "reason": "x", "filters": {"password": "a"}, "count": 1},
        {"act": "rename", "reason": "x", "filters": [], "count": 1},
        {"act": "rename", "reason": "x", "filters": {}, "count": -1},
        {"act": "rename", "reason": "x", "filters": {}, "count": 10**40},
        {"act": "rename", "reason": "x", "ids": ["1\x00"]},
        {"act": "rename", "reason": "x", "ids": ["1" * 65]},
        {"act": "rename", "reason": "x", "ids": [None]},
        {"act": "rename", "reason": "x", "ids": [["1"]]},
        {"act": "rename", "reason": "x", "ids": "1"},
        {"act": "rename", "reason": "x", "ids": [str(n) for n in range(501)]},
        {"act": "rename", "ids": ["1"]},
        {"act": "rename", "reason": "x", "until": "2030-01-01T00:00:00Z", "ids": ["1"]},
        {"act": "promote", "ids": ["1"]},
        {"act": None, "ids": ["1"]},
    ],
)
def test_refuses_what_it_does_not_understand(post, sent):
    response = post(sent)

    assert response.status_code == HTTPStatus.BAD_REQUEST, response.content
    assert response.json()["code"] == "validation_error"
    assert not Job.objects.exists()


class IsVip:
    """A filter of another module, which reads words in the query of the list."""

    name = "is_vip"

    def field(self):
        return FlagParameter(required=False)

    def condition(self, value):
        return Q(first_name="Ada") if value else ~Q(first_name="Ada")


@pytest.fixture
def filter_of_another_module():
    user_filters.register(IsVip())
    yield
    user_filters.unregister(IsVip.name)


@pytest.mark.parametrize("flag", ["true", {}, [], None, 1])
def test_a_flag_of_another_module_is_json_and_no_word(
    post, filter_of_another_module, flag
):
    sent = {"act": "rename", "reason": "x", "count": 1}

    refused = post(sent | {"filters": {"is_vip": flag}})
    taken = post(sent | {"filters": {"is_vip": True}})

    assert refused.status_code == HTTPStatus.BAD_REQUEST, refused.content
    assert refused.json()["errors"][0]["pointer"] == "/filters/is_vip"
    assert taken.json()["code"] == "count_differs"


def test_refuses_more_users_than_it_takes(post, make_user, monkeypatch):
    make_user()
    monkeypatch.setattr("starterkit_users.v1.users.bulk.post.use_case.MOST", 1)

    response = post({"act": "rename", "reason": "x", "filters": {}, "count": 2})

    assert response.json()["code"] == "too_many_users"
    assert not Job.objects.exists()


def test_a_task_acts_on_many(post, client_of, changer, make_user, monkeypatch):
    monkeypatch.setattr(jobs, "AT_ONCE", 2)
    users = [make_user() for _ in range(3)]

    response = post(by_ids(*users))

    body = response.json()
    assert (body["state"], body["total"], body["done"]) == ("waiting", 3, 0)
    assert body["results"] == []
    later = client_of(changer).get(response["Location"]).json()  # the task has run
    assert (later["state"], later["done"]) == ("done", 3)
    assert named("Ada") == {user.pk for user in users}


def test_needs_the_permission(client_of, administrator, user):
    response = client_of(administrator).post(URL, by_ids(user))

    assert response.status_code == HTTPStatus.FORBIDDEN
    assert response.json()["code"] == "permission_denied"


def test_needs_the_permission_of_the_act_too(post, user):
    response = post({"act": "remove", "ids": [str(user.pk)]})

    assert response.status_code == HTTPStatus.FORBIDDEN
    assert response.json()["code"] == "permission_denied"
    assert not Job.objects.exists()


def test_needs_a_signed_in_user(api, user):
    assert api.post(URL, by_ids(user)).status_code == HTTPStatus.UNAUTHORIZED


def test_audits_the_whole_and_each_user(post, changer, make_user):
    users = [make_user(), make_user()]

    post(by_ids(*users))

    whole = AuditEvent.objects.get(action="users.bulk_started")
    each = AuditEvent.objects.filter(action="users.renamed")
    assert whole.actor_id == str(changer.pk)
    assert whole.facts == {"act": "rename", "number": 2}
    assert {event.subject_id for event in each} == {str(it.pk) for it in users}
    assert {event.request_id for event in each} == {whole.request_id}


def test_keeps_nothing_that_may_name_a_person(post, user):
    post(by_ids(user, reason="Ada"))

    assert Job.objects.get().options == {"act": "rename"}


def waiting_job(changer, *users):
    options = {"act": "rename", "given": {"reason": "Ada"}}
    job = Job.objects.create(
        kind="bulk", actor_id=str(changer.pk), options=options, total=len(users)
    )
    jobs.save_rows(job, [user.pk for user in users])
    return job


def test_a_task_that_runs_again_acts_on_each_user_once(changer, make_user):
    users = [make_user(), make_user(), make_user()]
    job = waiting_job(changer, *users)
    JobRow.objects.filter(job=job, place=0).update(state="done")
    Job.objects.update(state="running")  # its worker was killed

    for _ in range(2):
        run_bulk.enqueue(str(job.pk))

    assert named("Ada") == {user.pk for user in users[1:]}
    assert AuditEvent.objects.count() == 2
    assert Job.objects.get().state == "done"


def test_a_task_whose_actor_lost_the_permission_stops(changer, user):
    job = waiting_job(changer, user)
    changer.user_permissions.clear()

    run_bulk.enqueue(str(job.pk))

    job.refresh_from_db()
    assert (job.state, job.code) == ("failed", "permission_denied")
    assert named("Ada") == set()


@pytest.mark.parametrize("job_id", ["0199f0a3-c5b8-7d7e-8a41-f0c2d3e4f5a6"])
def test_a_task_of_a_deleted_job_does_no_harm(job_id):
    run_bulk.enqueue(job_id)

    assert not Job.objects.exists()


class Careful(RunBulk):
    """A host project's use case: one step replaced, the rest inherited."""

    def act_on_all(self, job):
        return job.options["given"] != {"reason": "x"} and super().act_on_all(job)


def test_a_host_can_replace_one_step(post, settings):
    settings.STARTERKIT_OVERRIDES = {
        "starterkit_users.use_cases.run_bulk": f"{__name__}.Careful"
    }

    response = post({"act": "rename", "reason": "x", "ids": ["none"]})

    assert response.json()["state"] == "failed"


@pytest.mark.django_db(transaction=True)
def test_of_two_runs_at_once_each_user_has_one(changer, make_user, at_once):
    users = [make_user() for _ in range(5)]
    job = waiting_job(changer, *users)

    at_once(2, lambda _: RunBulk.execute(RunBulkInput(job_id=str(job.pk))))

    assert AuditEvent.objects.filter(action="users.renamed").count() == 5
    assert JobRow.objects.filter(state="done").count() == 5
