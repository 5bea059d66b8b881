from datetime import UTC, datetime
from http import HTTPStatus

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from starterkit_core.http.fields import FlagParameter
from starterkit_core.ports import user_filters
from starterkit_core.utils import memory
from starterkit_core.utils.uuid7 import first_id_at
from starterkit_users.models import Role
from starterkit_users.services import user_rows
from starterkit_users.services.account_fields import account_fields
from starterkit_users.services.roles import has_roles
from starterkit_users.v1.users.get.use_case import ListUsers

URL = reverse("starterkit_users:users")

pytestmark = pytest.mark.django_db

with_keys = pytest.mark.skipif(
    "email_key" not in {field.name for field in get_user_model()._meta.fields},
    reason="the project's user model has no key of the address",
)


@pytest.fixture
def look(client_of, administrator):
    """Return the ids of the users whom the filters let through, in order."""

    def read(**filters):
        response = client_of(administrator).get(URL, filters)
        assert response.status_code == HTTPStatus.OK, response.content
        return [row["id"] for row in response.json()["results"]]

    return read


def ids(*users):
    return [str(user.pk) for user in users]


def test_shows_the_newest_user_first(look, administrator, make_user):
    first, second = make_user(), make_user()

    assert look() == ids(second, first, administrator)


@pytest.mark.usefixtures("with_addresses")
def test_shows_what_administrators_need(client_of, administrator, user):
    shown = client_of(administrator).get(URL).json()["results"][0]

    assert shown["id"] == str(user.pk)
    assert shown["email"] == user.email
    assert shown["last_login"] is None
    assert (shown["is_active"], shown["is_staff"], shown["is_superuser"]) == (
        True,
        False,
        False,
    )
    assert "password" not in shown


def test_narrows_it_by_every_flag(look, administrator, make_user):
    closed, staff = make_user(is_active=False), make_user(is_staff=True)
    chief = make_user(is_superuser=True)

    assert look(is_active="false") == ids(closed)
    assert look(is_staff="true") == ids(staff)
    assert look(is_superuser="true") == ids(chief)
    assert look(is_active="true", is_staff="false") == ids(chief, administrator)


def test_narrows_it_to_a_group(look, user, make_user):
    group, other = (Group.objects.create(name=name) for name in ("editors", "others"))
    user.groups.add(group, other)
    make_user().groups.add(other)

    assert look(group="editors") == ids(user)
    assert look(group="editor") == []


with_roles = pytest.mark.skipif(not has_roles(), reason="users here are in no groups")


@pytest.fixture
def have_role(make_role):
    """Return a function that gives users roles, which it makes."""

    def give(key, *users):
        make_role(key)
        group = Role.objects.get(key=key).group
        for user in users:
            user.groups.add(group)

    return give


@with_roles
def test_narrows_it_to_roles(look, make_user, have_role):
    one, two, both, _none = (make_user() for _ in range(4))
    have_role("editor", one, both)
    have_role("support", two, both)
    have_role("empty")

    assert look(role="editor") == ids(both, one)
    assert look(role="editor,support") == ids(both, two, one)  # each once
    assert look(role="support,empty") == ids(both, two)
    assert look(role="empty") == []
    assert look(role="editor", search=str(one.pk)) == ids(one)


@with_roles
def test_pages_of_roles_have_every_user_once(
    client_of, administrator, make_user, have_role
):
    users = [make_user() for _ in range(5)]
    have_role("editor", *users)
    have_role("support", *users)
    client, found, cursor = client_of(administrator), [], ""

    while cursor is not None:
        query = {"limit": 2, "role": "editor,support", "cursor": cursor}
        page = client.get(URL, query).json()
        found += [row["id"] for row in page["results"]]
        cursor = page["next"]

    assert found == ids(*users[::-1])
    query = {"role": "editor,support", "count": "exact"}
    assert client.get(URL, query).json()["count"] == 5


@with_roles
def test_refuses_a_role_that_does_not_exist(client_of, administrator, have_role):
    have_role("support")
    Group.objects.create(name="choir")

    for key in ("suport", "choir", "Support", "\ud7ff"):
        response = client_of(administrator).get(URL, {"role": f"support,{key}"})

        assert response.status_code == HTTPStatus.BAD_REQUEST
        assert response.json()["code"] == "unknown_role"
        assert response.json()["roles"] == [key]


@with_roles
def test_more_roles_take_no_more_queries(
    client_of, administrator, make_user, have_role, django_assert_num_queries
):
    have_role("editor", make_user())
    with CaptureQueriesContext(connection) as one:
        client_of(administrator).get(URL, {"role": "editor"})
    for number in range(9):
        have_role(f"role{number}", make_user())
    same_user = get_user_model()._base_manager.get(pk=administrator.pk)
    keys = ",".join(["editor", *(f"role{number}" for number in range(9))])

    memory.forget_all()  # or a gate may remember what it has just read
    with django_assert_num_queries(len(one)):
        client_of(same_user).get(URL, {"role": keys, "limit": 2})


@pytest.mark.skipif(
    not user_rows.has_ids_by_time(), reason="ids here are not in the order of time"
)
def test_narrows_it_to_a_time(look, make_user, administrator):
    old = make_user(pk=first_id_at(datetime(2020, 6, 1, tzinfo=UTC)))

    assert look(created_until="2021-01-01T00:00:00Z") == ids(old)
    assert look(created_since="2021-01-01T00:00:00Z") == ids(administrator)
    assert look(created_since="2020-06-01T02:00:00+02:00")[-1:] == ids(old)


def test_finds_a_user_by_the_whole_id(look, user):
    assert look(search=str(user.pk)) == ids(user)


@with_keys
@pytest.mark.parametrize(
    "text",
    ["Grace.Hopper@Example.com", "GRACE.hopper@example.COM", "grace.h", "\uff27"],
)
def test_finds_a_user_by_how_the_address_begins(look, make_user, text):
    found = make_user(email="Grace.Hopper@example.com")
    make_user(email="ada@example.com")

    assert look(search=text) == ids(found)


@pytest.mark.usefixtures("with_addresses")
@pytest.mark.parametrize("text", ["hopper", "%", "_", "'", "0", "x" * 254])
def test_finds_no_user_by_anything_else(look, make_user, text):
    make_user(email="grace.hopper@example.com")

    assert look(search=text) == []


@with_keys
@pytest.mark.parametrize("order", ["", "email", "-email", "created", "-created"])
def test_a_search_has_every_page_and_is_by_address_as_usual(
    client_of, administrator, make_user, order
):
    for name in ("b", "A", "c"):
        make_user(email=f"find.{name}@example.com")
    query = {"search": "find", "limit": 2} | ({"order": order} if order else {})
    client, found, cursor = client_of(administrator), [], ""

    while cursor is not None:
        page = client.get(URL, {**query, "cursor": cursor}).json()
        found += [row["email"][5].lower() for row in page["results"]]
        cursor = page["next"]

    by_order = {"-email": "cba", "created": "bac", "-created": "cab"}
    assert "".join(found) == by_order.get(order, "abc")


@pytest.mark.skipif(not user_rows.statuses(), reason="the user model has no status")
def test_narrows_it_to_a_status(look, make_user, administrator):
    invited, closed = make_user(status="invited"), make_user(status="suspended")

    assert look(status="invited") == ids(invited)
    assert look(status="suspended") == ids(closed)
    assert look(status="active") == ids(administrator)


by_last_seen = pytest.mark.skipif(
    not user_rows.has_order_of("last_seen_at"),
    reason="no index of when users were seen",
)


def seen_at(make_user, *hours):
    """Return users who were last seen at these hours; None is never."""
    return [
        make_user(
            last_seen_at=None
            if hour is None
            else datetime(2026, 11, 26, hour, tzinfo=UTC)
        )
        for hour in hours
    ]


@by_last_seen
@pytest.mark.parametrize("order", ["last_seen", "-last_seen"])
def test_who_was_never_seen_comes_last(client_of, administrator, make_user, order):
    one, never, two, never_either = seen_at(make_user, 1, None, 2, None)
    client, pages, cursor = client_of(administrator), [], ""

    while cursor is not None:
        page = client.get(URL, {"limit": 1, "order": order, "cursor": cursor}).json()
        pages += [row["id"] for row in page["results"]]
        cursor = page["next"]

    pages.remove(str(administrator.pk))  # who may have been seen right now
    seen, unseen = [one, two], [never, never_either]
    if order == "-last_seen":
        seen, unseen = seen[::-1], unseen[::-1]
    assert pages == ids(*seen, *unseen)


@by_last_seen
def test_narrows_it_to_when_users_were_seen(look, make_user):
    _one, two, _three, _never = seen_at(make_user, 1, 2, 3, None)

    since, until = "2026-11-26T02:00:00Z", "2026-11-26T03:00:00Z"
    assert look(last_seen_since=since, last_seen_until=until) == ids(two)


class Odd:
    """A filter of another module."""

    name = "is_odd"

    def field(self):
        return FlagParameter(required=False)

    def condition(self, value):
        return Q(first_name="odd") if value else ~Q(first_name="odd")


class Nowhere(Odd):
    """A filter that this project has no use for."""

    def field(self):
        return None


@pytest.fixture
def of_another_module():
    def register(user_filter):
        user_filters.register(user_filter)

    yield register
    user_filters.unregister(Odd.name)


@pytest.mark.skipif(
    "first_name" not in account_fields(), reason="the user model has no names"
)
def test_another_module_may_add_a_filter(
    look, make_user, administrator, of_another_module
):
    odd = make_user(first_name="odd")
    of_another_module(Odd())

    assert look(is_odd="true") == ids(odd)
    assert look(is_odd="false") == ids(administrator)


def test_a_filter_that_is_not_offered_is_refused(
    client_of, administrator, of_another_module
):
    client = client_of(administrator)
    assert client.get(URL, {"is_odd": "true"}).status_code == HTTPStatus.BAD_REQUEST
    of_another_module(Nowhere())
    assert client.get(URL, {"is_odd": "true"}).status_code == HTTPStatus.BAD_REQUEST


@pytest.mark.skipif(
    connection.vendor == "sqlite", reason="its plans say too little about a table"
)
@pytest.mark.parametrize(
    "query",
    [
        {},
        {"order": "created"},
        {"order": "email"},
        {"order": "last_seen"},
        {"order": "-last_seen"},
        {"search": "grace"},
        {"search": "grace", "order": "-created"},
        {"status": "suspended"},
        {"is_staff": "true"},
        {"is_verified": "true"},
        {"group": "editors"},
        {"role": "editor"},
        {"role": "editor,support"},
        {"created_since": "2026-01-01T00:00:00Z"},
        {"last_seen_since": "2026-01-01T00:00:00Z"},
    ],
    ids=str,
)
def test_an_index_answers_every_filter_and_order(
    client_of, administrator, query, make_role
):
    Group.objects.create(name="editors")
    [make_role(key) for key in ("editor", "support")]
    client = client_of(administrator)
    if client.get(URL, query).status_code != HTTPStatus.OK:
        pytest.skip("this project does not offer it")

    with CaptureQueriesContext(connection) as asked:
        client.get(URL, query)

    statement = asked.captured_queries[-1]["sql"]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute(f"EXPLAIN {statement}")
        plan = str(cursor.fetchall())
    assert "Seq Scan" not in plan
    assert "'ALL'" not in plan


@with_keys
def test_is_ordered_by_address(look, make_user, administrator):
    users = [make_user(email=f"{name}@aaa.example") for name in "cab"]
    cc, aa, bb = users

    found = look(order="email")

    assert [one for one in found if one in ids(*users)] == ids(aa, bb, cc)
    assert look(order="-email") == found[::-1]


@pytest.mark.parametrize("order", ["created", "-created"])
def test_pages_have_every_user_once(client_of, administrator, make_user, order):
    users = [administrator, *(make_user() for _ in range(4))]
    client, found, cursor = client_of(administrator), [], ""

    while cursor is not None:
        page = client.get(URL, {"limit": 2, "order": order, "cursor": cursor}).json()
        found += [row["id"] for row in page["results"]]
        cursor = page["next"]

    assert found == ids(*(users if order == "created" else users[::-1]))


def test_counts_only_if_it_is_asked_to(client_of, administrator, user):
    client = client_of(administrator)

    assert "count" not in client.get(URL).json()
    assert client.get(URL, {"count": "exact"}).json()["count"] == 2


@pytest.mark.parametrize(
    "query",
    [
        "is_active=1",
        "is_active=True",
        "is_active=",
        "search=%00",
        "search=" + "x" * 255,
        "group=" + "x" * 151,
        "role=",
        "role=%00",
        "role=,",
        "role=a,a",
        "role=a&role=b",
        "role=" + "x" * 501,
        "order=password",
        "order=-password",
        "order=",
        "created_since=today",
        "password=x",
        "password__startswith=md5",
        "email_key__contains=a",
        "groups__permissions=1",
        "fields=password",
        "is_active=true&is_active=false",
        "limit=101",
    ],
)
def test_refuses_a_query_that_it_does_not_offer(client_of, administrator, query):
    response = client_of(administrator).get(f"{URL}?{query}")

    assert response.status_code == HTTPStatus.BAD_REQUEST
    assert response.json()["code"] == "validation_error"


def test_needs_the_permission(client_of, user):
    response = client_of(user).get(URL)

    assert response.status_code == HTTPStatus.FORBIDDEN
    assert response.json()["code"] == "permission_denied"


def test_needs_a_signed_in_user(api):
    assert api.get(URL).status_code == HTTPStatus.UNAUTHORIZED


def test_reading_more_users_takes_no_more_queries(
    client_of, administrator, make_user, django_assert_num_queries
):
    with CaptureQueriesContext(connection) as few:
        client_of(administrator).get(URL)
    [make_user() for _ in range(5)]
    memory.forget_all()  # or a gate may remember what it has just read
    same_user = get_user_model()._base_manager.get(pk=administrator.pk)

    with django_assert_num_queries(len(few)):
        client_of(same_user).get(URL)


class OnlyStaff(ListUsers):
    """A host project's use case: one step replaced, the rest inherited."""

    def find_users(self):
        return super().find_users().filter(is_staff=True)


def test_a_host_can_replace_one_step(look, user, settings):
    settings.STARTERKIT_OVERRIDES = {
        "starterkit_users.v1.users.get": f"{__name__}.OnlyStaff"
    }

    assert look() == []
