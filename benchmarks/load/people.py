# ruff: noqa: SIM905  # names are easier to read as text
"""Fills the table of users by COPY: people as a product of some years has them.

Sign-ups grow over five years, some weekdays are busier, few people are staff, most came
back lately and many never did. Names and providers repeat, as names do. Each value is
drawn from a generator with a fixed seed, so that every run makes the same people.
"""

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import accumulate, chain
from random import Random
from typing import Any
from unicodedata import normalize
from uuid import UUID

from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.db import connection
from django.db.models import NOT_PROVIDED, Model
from django.db.transaction import atomic

from benchmarks.load.environment import manage

YEARS = 5
PART = 10_000
"""Rows after which the progress is written."""

FIRST = (
    "Ana João Maria José Antônio Francisco Carlos Paulo Pedro Lucas Luiz Marcos "
    "Gabriel Rafael Daniel Marcelo Bruno Eduardo Felipe Rodrigo Juliana Adriana "
    "Fernanda Patrícia Aline Sandra Camila Amanda Bruna Jéssica Letícia Júlia "
    "Luciana Vanessa Mariana Gabriela Beatriz Larissa Ada Grace Alan Edsger "
    "Barbara Donald Ken Dennis Linus Guido James Mary Robert Patricia John "
    "Jennifer Michael Linda David Elizabeth William Richard Susan Joseph Jessica "
    "Thomas Sarah Charles Karen Li Wei Fang Min Jing Yan Hui Yuki Haruto Sota Yui "
    "Mohammed Fatima Ahmed Aisha Olga Ivan Dmitri Zoë Renée Björn Åsa Jürgen "
    "Käthe Łukasz Małgorzata Nguyễn Trần"
).split()
LAST = (
    "Silva Santos Oliveira Souza Rodrigues Ferreira Alves Pereira Lima Gomes "
    "Costa Ribeiro Martins Carvalho Almeida Lopes Soares Fernandes Vieira Barbosa "
    "Rocha Dias Nascimento Andrade Moreira Nunes Marques Machado Mendes Freitas "
    "Cardoso Ramos Gonçalves Santana Teixeira Araújo Pinto Melo Lovelace Hopper "
    "Turing Dijkstra Liskov Knuth Thompson Ritchie Torvalds Smith Johnson "
    "Williams Brown Jones Garcia Miller Davis Wilson Anderson Taylor Moore "
    "Jackson Martin Lee Wang Zhang Chen Liu Yang Huang Tanaka Sato Suzuki Khan "
    "Ali Ivanov Petrov Müller Schmidt Jansson O'Neill Świątek Nguyễn Özdemir "
    "Çelik"
).split()
PROVIDERS = {
    "mail.example": 50,
    "post.example": 20,
    "web.example": 10,
    "example.com": 8,
    "example.org": 6,
    "example.net": 4,
    "corp.example": 2,
}
STATUSES = {
    "active": 940,
    "invited": 15,
    "suspended": 5,
    "deactivated": 30,
    "deletion_scheduled": 2,
    "erased": 8,
}
CLOSED = {"invited", "suspended", "erased"}
GROUPS = ("support", "editors")

OBJECTS = """
    SELECT true, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE conrelid = to_regclass(%s) AND contype IN ('u', 'f', 'c')
    UNION ALL
    SELECT false, indexrelid::regclass::text, pg_get_indexdef(indexrelid)
    FROM pg_index WHERE indrelid = to_regclass(%s) AND NOT EXISTS
        (SELECT FROM pg_constraint
         WHERE conindid = indexrelid AND contype IN ('u', 'p'))
"""
"""Constraints and indexes of a table: whether it is a constraint, name, definition."""


def fill(users: int) -> None:
    """Empty the tables of users and their addresses, and fill them again."""
    manage("migrate", "--verbosity", "0")
    begin = time.perf_counter()
    people = People(users)
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {_name(get_user_model())} CASCADE")
        cursor.execute("SET synchronous_commit = off")
        cursor.execute("SET maintenance_work_mem = '512MB'")
    _copy(get_user_model(), people.rows(), users)
    if apps.is_installed("starterkit_auth"):
        _copy(apps.get_model("starterkit_auth.EmailAddress"), people.addresses(), users)
    _join_groups()
    _make_superuser()
    for model in (get_user_model(), *apps.get_models()):
        if model._meta.managed and not model._meta.proxy:
            _run(f"VACUUM (ANALYZE) {_name(model)}")
    sys.stdout.write(f"{time.perf_counter() - begin:.0f} s in all\n")


class People:
    """The rows of each table; made again for each, so that none is kept in memory."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.end = datetime.now(UTC).replace(microsecond=0)
        self.begin = self.end - timedelta(days=365 * YEARS)
        self.password = make_password("correct horse battery staple")

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield the columns of each user, the oldest first."""
        random = Random(1)  # noqa: S311  # of made-up people
        for n in range(self.number):
            yield self._user(random, n)

    def addresses(self) -> Iterator[dict[str, Any]]:
        """Yield what starterkit-auth knows: whether the address was proven."""
        random = Random(2)  # noqa: S311  # as above
        for user in self.rows():
            proven = random.random() < 0.97 and user["status"] != "invited"  # noqa: PLR2004  # of a hundred
            made = user["created_at"]
            yield {
                "id": user["id"],
                "created_at": made,
                "updated_at": made,
                "user_id": user["id"],
                "address": user["email"],
                "key": user["email_key"],
                "verified_at": made + timedelta(minutes=3) if proven else None,
            }

    def _user(self, random: Random, n: int) -> dict[str, Any]:
        made = self._moment(n)
        first, last = _chosen(random, FIRST), _chosen(random, LAST)
        email = f"{_plain(first)}.{_plain(last)}{n}@{_weighted(random, PROVIDERS)}"
        status = _weighted(random, STATUSES)
        seen = self._seen(random, made, status)
        return {
            "id": _uuid7(random, made, n),
            "created_at": made,
            "updated_at": seen or made,
            "password": self.password,
            "email": email,
            "email_key": email.lower(),
            "first_name": "" if status == "erased" else first,
            "last_name": "" if status == "erased" else last,
            "status": status,
            "status_since": made,
            "is_active": status not in CLOSED,
            "is_staff": n % 5_000 == 0,
            "is_superuser": False,
            "last_login": seen,
            "last_seen_at": seen and min(self.end, seen + timedelta(hours=1)),
        }

    def _moment(self, n: int) -> datetime:
        """Return when the nth user signed up; sign-ups grow evenly."""
        share: float = ((n + 1) / self.number) ** 0.5
        return self.begin + (self.end - self.begin) * share

    def _seen(self, random: Random, made: datetime, status: str) -> datetime | None:
        """Return when the user signed in last: most lately, many never again."""
        if status == "invited" or random.random() < 0.15:  # noqa: PLR2004  # of hundred
            return None
        share: float = random.random() ** 0.4
        return made + (self.end - made) * share


def _uuid7(random: Random, made: datetime, n: int) -> UUID:
    head = int(made.timestamp() * 1000) << 80 | 0x7 << 76
    return UUID(int=head | (n & 0xFFF) << 64 | 0x2 << 62 | random.getrandbits(62))


def _chosen(random: Random, names: Sequence[str]) -> str:
    """Return a name; the first ones are the most common."""
    return names[int(len(names) * random.random() ** 2)]


def _weighted(random: Random, weights: dict[str, int]) -> str:
    return random.choices([*weights], cum_weights=[*accumulate(weights.values())])[0]


def _plain(name: str) -> str:
    """Return the letters of a name that an address has."""
    letters = normalize("NFKD", name).encode("ascii", "ignore").decode()
    return "".join(filter(str.isalnum, letters)).lower() or "x"


def _copy(model: type[Model], rows: Iterator[dict[str, Any]], number: int) -> None:
    """Copy the rows; a column that they do not name gets its default."""
    begin = time.perf_counter()
    first = next(rows)
    defaults = {
        str(it.column): None if it.column in first else _default(it)
        for it in model._meta.concrete_fields
    }
    names = ", ".join(map(connection.ops.quote_name, defaults))
    statement = f"COPY {_name(model)} ({names}) FROM STDIN"
    with _without_indexes(model), connection.cursor() as cursor:
        with cursor.copy(statement) as copy:
            for n, row in enumerate(chain([first], rows), 1):
                copy.write_row([row.get(it, it_is) for it, it_is in defaults.items()])
                if n % PART == 0:
                    _tell(model, n, number, begin)
        sys.stdout.write("\nmaking the indexes ...\n")
    seconds = time.perf_counter() - begin
    sys.stdout.write(f"\n{model._meta.label}: {number:,} in {seconds:.0f} s\n")


@contextmanager
def _without_indexes(model: type[Model]) -> Iterator[None]:
    """Drop the indexes and constraints of a table, but its key, and make them again.

    In one transaction, so that a run that is cancelled leaves them as they were.
    """
    table = _name(model)
    with atomic(), connection.cursor() as cursor:
        cursor.execute(OBJECTS, [table, table])
        objects = cursor.fetchall()
        for kind, name, _made in objects:
            drop = f"ALTER TABLE {table} DROP CONSTRAINT" if kind else "DROP INDEX"
            cursor.execute(f'{drop} "{name}"')
        yield
        for kind, name, made in objects:
            add = f'ALTER TABLE {table} ADD CONSTRAINT "{name}" ' if kind else ""
            cursor.execute(f"{add}{made}")


def _tell(model: type[Model], done: int, number: int, begin: float) -> None:
    seconds = time.perf_counter() - begin
    text = f"{model._meta.label}: {done:,} of {number:,} in {seconds:.0f} s"
    sys.stdout.write(f"\r{text}" if sys.stdout.isatty() else "")
    if not sys.stdout.isatty() and done % (PART * 10) == 0:
        sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _default(field: Any) -> Any:
    if field.null:
        return None
    default = "" if field.default is NOT_PROVIDED else field.get_default()
    return field.get_db_prep_save(default, connection)


def _join_groups() -> None:
    """Put some of the staff into groups."""
    user: Any = get_user_model()
    for number, name in enumerate(GROUPS):
        group, _ = Group.objects.get_or_create(name=name)
        for member in user._base_manager.filter(is_staff=True)[number::2]:
            member.groups.add(group)


def _make_superuser() -> None:
    first = get_user_model()._base_manager.order_by("pk").values("pk")[:1]
    flags = {"is_staff": True, "is_superuser": True, "is_active": True}
    get_user_model()._base_manager.filter(
        pk__in=[*first.values_list("pk", flat=True)]
    ).update(**flags)


def _name(model: type[Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
