"""manage.py terms_install_guards: raw SQL cannot change what is final."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connections, router, transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from starterkit_terms.conftest import accepting, publish
from starterkit_terms.models import VersionText, acceptance_model, version_model
from starterkit_terms.models.acceptance import TRACES
from starterkit_terms.services import guards
from starterkit_terms.use_cases.cancel_version import CancelVersion, CancelVersionInput

pytestmark = pytest.mark.django_db(transaction=True)  # MySQL commits DDL at once


@pytest.fixture
def guarded(db):
    """Have the triggers."""
    call_command("terms_install_guards", verbosity=0)
    yield
    guards.remove()


def sql(model, statement, row=None, *values):
    """Run SQL on the table of a model, ``{table}``, and on one row by its id."""
    connection = connections[router.db_for_write(model)]
    quote = connection.ops.quote_name
    statement = statement.format(table=quote(model._meta.db_table))
    if row is not None:
        statement += f" WHERE {quote('id')} = %s"
        values = (*values, adapted(row.pk, connection))
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.rowcount


def adapted(key, connection):
    """Return an id as SQL of this database takes it."""
    native = connection.features.has_native_uuid_field
    return str(key) if native or not isinstance(key, UUID) else key.hex


def refused(*args):
    with pytest.raises(DatabaseError, match="final"):
        sql(*args)
    return True


@pytest.fixture
def accepted(client_of, user, make_version):
    """A version, its text, and the acceptance of a user."""
    version = make_version()
    body = {"acceptances": [accepting(version)]}
    client_of(user).post(reverse("starterkit_terms:acceptances"), body)
    return version, version.texts.get(), acceptance_model().objects.get()


def test_raw_sql_changes_neither_versions_nor_texts_nor_acceptances(guarded, accepted):
    version, text, acceptance = accepted

    assert refused(type(version), "UPDATE {table} SET label = 'x'", version)
    assert refused(type(version), "UPDATE {table} SET published_at = NULL", version)
    assert refused(type(version), "DELETE FROM {table}", version)
    assert refused(VersionText, "UPDATE {table} SET source = 'x'", text)
    assert refused(VersionText, "UPDATE {table} SET html = 'x'", text)
    assert refused(VersionText, "DELETE FROM {table}", text)
    assert refused(type(acceptance), "UPDATE {table} SET locale = 'x'", acceptance)
    assert refused(type(acceptance), "UPDATE {table} SET content_hash = ''", acceptance)
    assert refused(type(acceptance), "DELETE FROM {table}", acceptance)


def test_no_text_moves_into_or_out_of_a_published_version(
    guarded, accepted, make_draft
):
    version, text, _ = accepted
    draft = make_draft(texts=("de",))
    moved = draft.texts.get()

    for row, target in ((moved, version), (text, draft)):
        with pytest.raises(DatabaseError, match="final"), transaction.atomic():
            QuerySet(VersionText).filter(pk=row.pk).update(version=target)


def test_drafts_are_written_published_and_deleted_as_before(
    guarded, make_draft, make_version
):
    draft, other = make_draft(), make_draft()

    assert sql(type(draft), "UPDATE {table} SET label = 'x'", draft) == 1
    other.delete()
    assert publish(draft).published_at
    assert make_version(draft.document, at=timezone.now()).published_at


def test_a_scheduled_version_can_be_cancelled_and_nothing_else(guarded, make_draft):
    soon = timezone.now() + timedelta(days=1)
    hidden = publish(make_draft(), announce_at=soon)
    announced = publish(make_draft(), effective_at=soon)

    assert refused(type(hidden), "UPDATE {table} SET label = 'x'", hidden)
    unpublish = "UPDATE {table} SET published_at = NULL"
    assert refused(type(hidden), f"{unpublish}, label = 'x'", hidden)
    assert refused(type(hidden), unpublish, announced)
    CancelVersion.execute(CancelVersionInput(version=hidden))
    assert version_model().objects.get(pk=hidden.pk).published_at is None


def test_another_case_or_a_space_is_another_text(guarded, accepted):
    version, text, acceptance = accepted
    setting = "UPDATE {table} SET locale = %s"

    assert refused(type(version), "UPDATE {table} SET label = %s", version, "V1")
    for value in ("EN", "en "):
        assert refused(VersionText, setting, text, value)
        assert refused(type(acceptance), setting, acceptance, value)


def test_an_account_can_be_forgotten_and_none_put_in_its_place(
    guarded, accepted, user, make_user
):
    *_, row = accepted
    model, other = type(row), make_user()
    column = guards._column(model, "user")
    taking = f"UPDATE {{table}} SET {column} = %s"  # noqa: S608  # a column of ours
    assert refused(model, taking, row, adapted(other.pk, guards.database()))

    assert acceptance_model().objects.forget(user) == 1
    hidden = acceptance_model().objects.get().actor_id
    assert refused(model, "UPDATE {table} SET actor_id = %s", row, str(other.pk))
    assert acceptance_model().objects.get().actor_id == hidden

    assert sql(model, "DELETE FROM {table}", row) == 1


def test_traces_can_be_cleared_and_nothing_else_put_in_their_place(guarded, accepted):
    *_, row = accepted
    setting = "UPDATE {{table}} SET {} = %s"

    for name in ("actor_id", *TRACES):
        assert refused(type(row), setting.format(name), row, "other")
    assert refused(type(row), setting.format("actor_id"), row, "")
    for name in TRACES:
        assert sql(type(row), setting.format(name), row, "") == 1


def test_deleting_the_account_still_works(guarded, accepted, user):
    deleted = str(user.pk)

    user.delete()

    kept = acceptance_model().objects.get()
    assert (kept.user, kept.address) == (None, "")
    assert kept.actor_id not in {"", deleted}


def test_is_idempotent_checked_and_removed(capsys, accepted):
    def run(*args):
        call_command("terms_install_guards", *args)
        return capsys.readouterr().out

    with pytest.raises(CommandError, match="guard_version_update"):
        run("--check")
    assert "guard_text_insert" in run()
    try:
        assert "nothing was to do" in run()
        assert "All guards" in run("--check")
        assert "guard_acceptance_delete" in run("--remove")
    finally:
        guards.remove()
    with pytest.raises(CommandError):
        run("--check")
    assert sql(VersionText, "UPDATE {table} SET title = 'x'", accepted[1]) == 1


def test_notices_a_trigger_that_does_less(guarded):
    connection = guards.database()
    [first, *_] = guards._triggers(connection)
    weak = guards.Trigger(
        name=first.name,
        table=first.table,
        event=first.event,
        body=first.body.replace("IS NOT NULL AND", "IS NULL AND", 1),
    )
    with connection.cursor() as cursor:
        for statement in (
            *guards._dropping(connection, first),
            *guards._creating(connection, weak),
        ):
            cursor.execute(statement)

    assert guards.missing() == [first.name]
    guards.install()
    assert guards.missing() == []


@pytest.mark.skipif(
    "connections['default'].vendor != 'postgresql'", reason="only PostgreSQL has it"
)
def test_postgresql_refuses_to_truncate(guarded, accepted):
    assert refused(VersionText, "TRUNCATE {table}")


def test_another_database_has_no_triggers(monkeypatch):
    connection = guards.database()
    monkeypatch.setattr(connection, "vendor", "oracle")

    with pytest.raises(CommandError, match="Only PostgreSQL"):
        call_command("terms_install_guards")
