"""Fills the database by set-based SQL: accounts and all that is kept about them.

Of each user's sessions the first is live, the second has ended, the third has expired.
Few are staff or inactive, few addresses are unproven, as everywhere. What a table has
beside the columns that are named here gets its default.
"""

import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.db.models import NOT_PROVIDED, Field, Model

from benchmarks.load.environment import manage
from starterkit_auth.models import session_model
from starterkit_auth.services.sessions import password_version
from starterkit_terms.models import acceptance_model, document_model, version_model

PASSWORD = "correct horse battery staple"  # noqa: S105  # of made-up people
SESSIONS = EVENTS = 3

USER = "md5('user' || {n})::uuid"
UUID7 = (
    "(lpad(to_hex((extract(epoch from {at}) * 1000)::bigint), 12, '0') || '7'"
    " || substr(md5(random()::text), 1, 3) || 'a'"
    " || substr(md5(random()::text), 1, 15))::uuid"
)


def fill(users: int) -> None:
    """Empty the tables, and fill them again."""
    manage("migrate", "--verbosity", "0")
    for model in _tables():
        _run(f"TRUNCATE {_name(model)} CASCADE")
    _run("SET synchronous_commit = off")
    _fill_users(users)
    _fill_sessions(users)
    _fill_events(users)
    _fill_acceptances(users)
    _fill_example(users)
    _make_superuser()
    for model in _tables():
        _run(f"VACUUM (ANALYZE) {_name(model)}")


def _fill_users(users: int) -> None:
    encoded = make_password(PASSWORD)
    email = "'person' || n || '@example.com'"
    common = {"email": email, "email_key": email, "password": _text(encoded)}
    _insert(
        get_user_model(),
        users,
        id=USER.format(n="n"),
        first_name="'First ' || n % 5000",
        last_name="'Last ' || n % 70000",
        is_staff="n % 100000 = 10",
        is_active="n % 1000 <> 999",
        **common,
    )
    _insert(
        _model("starterkit_auth.EmailAddress"),
        users,
        user_id=USER.format(n="n"),
        address=email,
        key=email,
        verified_at="CASE WHEN n % 10000 <> 9999 THEN now() END",
    )


def _fill_sessions(users: int) -> None:
    version = password_version(get_user_model().objects.first().password)
    kind = f"n / {users}"  # 0 is live, 1 has ended, 2 has expired
    days = f"(ARRAY[20, -5, -60])[{kind} + 1] * interval '1 day'"
    _insert(
        session_model(),
        users * SESSIONS,
        user_id=USER.format(n=f"(n % {users})"),
        auth_hash=_text(version),
        salt="decode(md5(n::text), 'hex')",
        transport="'bearer'",
        device_name="'Phone ' || n % 7",
        expires_at=f"now() + {days}",
        idle_expires_at=f"now() + {days}",
        last_seen_at=f"now() + {days} - interval '1 day'",
        revoked_at=f"CASE WHEN {kind} = 1 THEN now() - interval '5 days' END",
        at="now() - (n % 80) * interval '1 day'",
    )


def _fill_events(users: int) -> None:
    user = USER.format(n=f"(n % {users})") + "::text"
    _insert(
        _model("starterkit_core.AuditEvent"),
        users * EVENTS,
        action="(ARRAY['auth.signed_in', 'auth.sign_in_refused', 'auth.signed_out'])"
        "[n % 3 + 1]",
        actor_id=user,
        subject_type="'user'",
        subject_id=user,
        facts="'{}'::jsonb",
        at="now() - (n % 380) * interval '1 day'",
    )


_EVENT = """(
    SELECT id FROM {table} WHERE user_id = {user} AND sequence = 2 LIMIT 1
)"""


def _fill_acceptances(users: int) -> None:
    versions = [_publish(label) for label in ("1", "2")]
    for label, version in enumerate(versions, start=1):
        _insert(
            acceptance_model(),
            users,
            user_id=USER.format(n="n"),
            actor_id=USER.format(n="n") + "::text",
            version_id=_text(str(version.pk)) + "::uuid",
            locale="'en'",
            content_hash=_text(version.texts.get().content_hash),
            happened_at="now()",
            sequence=str(label),
        )
    _insert(
        _model("starterkit_terms.ConsentState"),
        users,
        user_id=USER.format(n="n"),
        document_id=_text(str(versions[0].document_id)) + "::uuid",
        action="'accepted'",
        number="2",
        accepted_number="2",
        sequence="2",
        event_id=_EVENT.format(
            table=acceptance_model()._meta.db_table, user=USER.format(n="n")
        ),
        happened_at="now()",
    )


def _fill_example(users: int) -> None:
    """Fill what the example has of its own."""
    _insert(
        _model("accounts.Customer"),
        users,
        user_id=USER.format(n="n"),
        company="'Company ' || n % 50000",
    )
    _insert(
        _model("notes.Note"),
        users // 10,
        owner_id=USER.format(n="n * 10"),
        title="'Note ' || n",
        text="'Buy milk.'",
    )


def _publish(label: str) -> Any:
    """Publish a version of a document that a sign-up need not accept."""
    documents = document_model().objects
    documents.get_or_create(key="rules", title="Rules", mandatory=False)
    with tempfile.TemporaryDirectory() as folder:
        text = Path(folder, "rules.md")
        text.write_text(f"# Rules {label}\n\nBe kind.\n", "utf-8")
        manage("terms_publish", "rules", str(text), "--label", label)
    return version_model().objects.get(label=label)


def _make_superuser() -> None:
    flags = {"is_staff": True, "is_superuser": True}
    get_user_model().objects.filter(email="person0@example.com").update(**flags)


def _insert(
    model: type[Model], rows: int, at: str = "now()", **expressions: str
) -> None:
    """Insert rows numbered ``n`` from 0, made at ``at``."""
    begin = time.perf_counter()
    made = {"id": UUID7.format(at=at), "created_at": at, "updated_at": at}
    given = made | expressions
    values = {
        str(field.column): given.get(str(field.column)) or _default(field)
        for field in model._meta.concrete_fields
    }
    _run(
        # No client says any of it.
        f"INSERT INTO {_name(model)} ({', '.join(values)}) "  # noqa: S608  # as above
        f"SELECT {', '.join(values.values())} FROM generate_series(0, {rows - 1}) n"
    )
    seconds = time.perf_counter() - begin
    sys.stdout.write(f"{rows:>10,} {model._meta.label} in {seconds:.0f} s\n")


def _default(field: "Field[Any, Any]") -> str:
    if field.null:
        return "NULL"
    default = "" if field.default is NOT_PROVIDED else field.get_default()
    return _text(str(field.get_db_prep_save(default, connection)))


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _tables() -> list[type[Model]]:
    labels = ("starterkit_auth.EmailAddress", "starterkit_core.AuditEvent")
    models = [session_model(), acceptance_model(), get_user_model()]
    others = [*map(_model, labels), document_model()]
    return [*others, *models]


def _model(label: str) -> type[Model]:
    return apps.get_model(label)


def _name(model: type[Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
