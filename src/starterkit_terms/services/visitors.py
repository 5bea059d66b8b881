"""Visitors: clients without an account whose acts an account can take over later."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.core import signing
from django.utils import timezone

from starterkit_core.db.databases import rows_of
from starterkit_core.services.limits import Limit, consume
from starterkit_core.utils.client import Client
from starterkit_core.utils.client_address import network_of
from starterkit_terms.conf import conf
from starterkit_terms.models import (
    AbstractAcceptance,
    AbstractDocument,
    Visitor,
    acceptance_model,
)
from starterkit_terms.models.visitor import VisitorQuerySet

SALT = "starterkit_terms.visitor"
"""The purpose of the signature of a token."""

HEADER = "Terms-Visitor-Token"
"""The request header of a sign-in that takes a visitor's acts over."""

LONGEST_TOKEN = 200
"""Letters; a token has about 70."""

ACTS: Mapping[str, frozenset[str]] = {
    "off": frozenset(),
    "consents": frozenset({"consents"}),
    "all": frozenset({"consents", "acceptances"}),
}
"""What a visitor may do by value of ``VISITOR_ACTS``."""


def may(what: str) -> bool:
    """Return whether visitors may do ``what``: ``consents`` or ``acceptances``."""
    return what in ACTS[conf.VISITOR_ACTS]


def token_of(visitor: Visitor) -> str:
    """Return the secret with which a client goes on as this visitor."""
    return signing.Signer(salt=SALT).sign(visitor.pk.hex)


def id_of(token: str) -> UUID | None:
    """Return the id in a token; None if we have not signed it."""
    try:
        return UUID(signing.Signer(salt=SALT).unsign(token[:LONGEST_TOKEN]))
    except (signing.BadSignature, ValueError):
        return None


def consume_limit(client: Client) -> None:
    """Count an act of a visitor of this network.

    Raises:
        RateLimited: there were too many.
        ServiceUnavailable: the cache is down.
    """
    limit = Limit.parse("visitors.network", conf.VISITOR_LIMIT)
    consume(limit, network_of(client.address))


def locked_or_new(token: str) -> Visitor:
    """Return the visitor of the token, locked; a new one if it is not open.

    A token that is forged, bound or expired is like none, so it tells nothing.
    """
    now = timezone.now()
    rows: VisitorQuerySet = Visitor.objects.select_for_update()
    found: Visitor | None = rows.open(id_of(token), now).first()
    if found is not None:
        return found
    made: Visitor = Visitor.objects.create(expires_at=now + conf.VISITOR_MAX_AGE)
    return made


def locked_id(token: str, at: datetime) -> UUID | None:
    """Return the id in the token if its visitor is open, locked; None if it is not."""
    rows: VisitorQuerySet = Visitor.objects.select_for_update()
    open_one = rows.open(id_of(token), at)
    found: UUID | None = open_one.values_list("pk", flat=True).first()
    return found


def acts_of_visitor(visitor: UUID) -> list[AbstractAcceptance]:
    """Return the acts of a visitor, oldest first, with their versions."""
    rows = rows_of(acceptance_model()).filter(user=None, actor_id=str(visitor))
    rows = rows.select_related("version__document")
    return [*rows.order_by("happened_at", "pk")]


def is_for_visitors(document: AbstractDocument) -> bool:
    """Return whether a visitor can decide about it: only what is for everybody."""
    return not document.audience
