"""Addresses in the user model that accounts share, or that sign-in cannot use.

SQL compares them without regard to case and to spaces around; our canonical form knows
more spellings. So a check counts by SQL alone, and the command reads each address.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Lower, Trim

from starterkit_auth.models import EmailAddress
from starterkit_auth.services import addresses, user_addresses
from starterkit_core.db.databases import rows_of

CHUNK = 1_000
"""How many rows are read at a time."""

DOMAIN = r".@(.+\..|localhost$)"
"""For SQL: an address has letters before the @, and a domain with a dot behind it."""


@dataclass(frozen=True, slots=True)
class Survey:
    """What sign-in cannot use among the addresses of all accounts."""

    shared: dict[str, list[AbstractBaseUser]] = field(default_factory=dict)
    """The accounts of each address that several have and none holds, oldest first."""

    odd: dict[str, list[AbstractBaseUser]] = field(default_factory=dict)
    """The account of each address whose spelling SQL does not find, in a list."""

    malformed: dict[Any, str] = field(default_factory=dict)
    """Each malformed address, by the id of its account."""

    blank: list[Any] = field(default_factory=list)
    """The ids of accounts without an address."""


def count_shared() -> int:
    """Return how many addresses several accounts have and none holds.

    One query that reads the table once, and one for each ``CHUNK`` of its result. No
    query if the user model keeps addresses unique.
    """
    return 0 if is_unique() else len(_without_holder(_shared_forms()))


def count_unusable() -> int:
    """Return how many active accounts with a password have no usable address.

    One query; it does not find every malformed address, but the usual ones.
    """
    model = get_user_model()
    if not user_addresses.has_email_field(model):
        return 0
    name = model.get_email_field_name()
    blank = Q(**{name: ""}) | Q(**{f"{name}__isnull": True})
    dots = Q(**{f"{name}__startswith": "."}) | Q(**{f"{name}__contains": ".."})
    none = ~Q(**{f"{name}__regex": DOMAIN}) | Q(**{f"{name}__contains": " "})
    users = rows_of(model).filter(blank | dots | none)
    if user_addresses.has_field(model, "is_active"):
        users = users.filter(is_active=True)
    has_none = Q(password="") | Q(password__startswith=UNUSABLE_PASSWORD_PREFIX)
    return users.exclude(has_none).count()


def survey() -> Survey:
    """Read the address of each account, and return what sign-in cannot use."""
    found, odd = Survey(), defaultdict(list)
    for pk, address in _all_addresses():
        key = usable_key(address)
        if not address.strip():
            found.blank.append(pk)
        elif not key:
            found.malformed[pk] = address
        elif key != address.lower():
            odd[key].append(pk)
    forms = set() if is_unique() else _shared_forms()
    for some in _chunks(_without_holder({*forms, *odd})):
        spelled_oddly = [pk for form in some for pk in odd[form]]
        accounts = _with_form().filter(Q(form__in=some) | Q(pk__in=spelled_oddly))
        _sort_in(found, accounts.order_by(*user_addresses.age_of(get_user_model())))
    return found


def _sort_in(found: Survey, accounts: Iterable[AbstractBaseUser]) -> None:
    by_key = defaultdict(list)
    for user in accounts:  # a collation may treat "jose" and "josé" as equal
        by_key[usable_key(addresses.mailbox_of(user))].append(user)
    by_key.pop("", None)
    for key, users in by_key.items():
        if len(users) > 1:
            found.shared[key] = users
        elif addresses.mailbox_of(users[0]).lower() != key:
            found.odd[key] = users


def usable_key(address: str) -> str:
    """Return the canonical form, or ``""`` if the API accepts no such address."""
    key = user_addresses.key_or_empty(address)
    try:
        validate_email(key)
    except ValidationError:
        return ""
    return key


def is_unique() -> bool:
    """Return whether the user model keeps addresses unique, or has none."""
    model = get_user_model()
    return not user_addresses.has_email_field(model) or user_addresses.has_field(
        model, user_addresses.UNIQUE_FORM
    )


def _with_form() -> QuerySet[Any]:
    """Return all users, each with the address as SQL compares it."""
    model = get_user_model()
    form = Lower(Trim(model.get_email_field_name()))
    users: QuerySet[Any] = rows_of(model).annotate(form=form)
    return users


def _shared_forms() -> set[str]:
    """Return the canonical form of each address that SQL finds more than once."""
    forms = _with_form().order_by().values("form").annotate(number=Count("pk"))
    shared = forms.filter(number__gt=1).exclude(form="")
    found = shared.values_list("form", flat=True)
    return {usable_key(form) for form in found if form} - {""}


def _without_holder(forms: Iterable[str]) -> list[str]:
    """Return the addresses that no account holds by sign-up, proof, or a rule."""
    wanted = sorted(forms)
    held = {
        row.key
        for some in _chunks(wanted)
        for row in _rows_of(some)
        if user_addresses.is_address_of(row.user, row.key)
    }
    return [form for form in wanted if form not in held]


def _chunks(items: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(items), CHUNK):
        yield items[start : start + CHUNK]


def _rows_of(keys: list[str]) -> QuerySet[EmailAddress]:
    return EmailAddress.objects.select_related("user").filter(key__in=keys)


def _all_addresses() -> Iterator[tuple[Any, str]]:
    """Yield id and address of each user."""
    model = get_user_model()
    if user_addresses.has_email_field(model):
        name = model.get_email_field_name()
        users = rows_of(model)
        for row in pages(users, "pk", name):
            yield row["pk"], row[name] or ""


def pages(rows: QuerySet[Any], *names: str) -> Iterator[Mapping[str, Any]]:
    """Yield these values of every row, by primary key, ``CHUNK`` rows a query."""
    ordered, last = rows.order_by("pk").values("pk", *names), None
    while True:
        page = [*(ordered if last is None else ordered.filter(pk__gt=last))[:CHUNK]]
        yield from page
        if len(page) < CHUNK:
            return
        last = page[-1]["pk"]
