"""Imports: the columns of their files, and how far they are."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.contrib.auth import get_user_model

from starterkit_core.addresses import canonical_email
from starterkit_core.db.databases import rows_of
from starterkit_users.errors import WrongColumns
from starterkit_users.models.job import Job, JobRow
from starterkit_users.services import account_fields, user_rows

KINDS = ("created", "updated", "unchanged", "refused")
"""What becomes of a row."""

KEPT_ERRORS = 100
"""Refused rows of which a job keeps line, column and reason; others are counted."""

USERNAME = "username"
"""How the column is called that users sign in with, if that is no address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """An import, and the first of its refused rows."""

    job: Job
    counts: Mapping[str, int]
    errors: Sequence[JobRow]


def keys() -> list[str]:
    """Return by which fields an import may find users."""
    names = ["email"] if "email" in account_fields.account_fields() else []
    return [*names, *([USERNAME] if has_username() else []), "id"]


def known_fields() -> list[str]:
    """Return the fields that a column may have: no right, no state, no password."""
    return [*keys(), *account_fields.changeable()]


def has_username() -> bool:
    """Return whether users sign in with another column than their address."""
    model: Any = get_user_model()
    return str(model.USERNAME_FIELD) != str(model.get_email_field_name())


def chosen_columns(
    header: Sequence[str],
    mapping: Mapping[str, str],
    *,
    key: str,
    known: Collection[str],
) -> list[str]:
    """Return the field of each column of a file, ``""`` for what is left out.

    Without a mapping, a column is what it is called; what is called otherwise is left
    out.

    Raises:
        WrongColumns: the key or a column of the mapping is missing, two columns are
            one field, or the mapping names an unknown field.
    """
    names = [name.strip() for name in header]
    given = mapping or {name: name.lower() for name in names if name.lower() in known}
    fields = [given.get(name, "") for name in names]
    used = [field for field in fields if field]
    facts = {
        "missing": sorted({key, *mapping} - {*used, *names}),
        "repeated": sorted({field for field in used if used.count(field) > 1}),
        "unknown": sorted({*given.values()} - {*known}),
    }
    if key not in used and key not in facts["missing"]:
        facts["missing"].append(key)
    if any(facts.values()):
        raise WrongColumns(facts=facts)
    return fields


def fingerprint(digest: str, options: Mapping[str, Any], actor: Any) -> str:
    """Return the same text for the same import, if the same user asks for it."""
    what = json.dumps([digest, options, str(actor.pk)], sort_keys=True)
    return sha256(what.encode()).hexdigest()


def key_of(values: Mapping[str, str], key: str) -> str:
    """Return what two rows about one user share."""
    value = values.get(key, "")
    if key == USERNAME and has_username():
        model: Any = get_user_model()
        username = model._meta.get_field(str(model.USERNAME_FIELD))
        return str(user_rows.as_saved(username, value))
    try:
        return canonical_email(value) if key == "email" else value
    except ValueError:
        return value


def report(job: Job) -> ImportReport:
    """Return how far an import is."""
    rows = rows_of(JobRow).filter(job=job).order_by("place")
    counts = {**dict.fromkeys(KINDS, 0), **job.counts}
    return ImportReport(job=job, counts=counts, errors=[*rows[:KEPT_ERRORS]])
