"""Accept one or several versions before there is an account."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from starterkit_core.errors import RateLimited, ServiceUnavailable
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import NO_CLIENT, Client
from starterkit_terms.errors import (
    AlreadyAccepted,
    DocumentChanged,
    NotForAcceptance,
    VersionNotFound,
)
from starterkit_terms.services import visitors
from starterkit_terms.services.evidence import AcceptedText, Act, acts_of
from starterkit_terms.use_cases.record_visitor_acts import (
    RecordVisitorActs,
    RecordVisitorActsInput,
    VisitorRecorded,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptAsVisitorInput(Input):
    """Which visitor accepts which texts, with which client."""

    accepted: Sequence[AcceptedText]
    token: str = ""
    client: Client = NO_CLIENT


class AcceptAsVisitor(UseCase[AcceptAsVisitorInput, VisitorRecorded]):
    """Accept, acknowledge or refuse as a visitor: all of them, or none.

    Raises:
        VersionNotFound: there is no such version, or it has not taken effect.
        DocumentChanged: the text that was read is not the one in force.
        NotForAcceptance: the document is a consent, not for this action, or for an
            audience.
        AlreadyAccepted: a version would be refused that the visitor has accepted.
        RateLimited: too many acts of visitors come from this network.
        ServiceUnavailable: the cache is down.
    """

    raises = (
        VersionNotFound,
        DocumentChanged,
        NotForAcceptance,
        AlreadyAccepted,
        RateLimited,
        ServiceUnavailable,
    )

    def prepare(self) -> None:
        visitors.consume_limit(self.input.client)

    def run(self) -> VisitorRecorded:
        return self.record(self.find_acts())

    def find_acts(self) -> list[Act]:
        """Return what is done about the texts, after a check that they are in force.

        Raises:
            NotForAcceptance: one is for an audience: who belongs to it has an account.
        """
        acts = acts_of(self.input.accepted, timezone.now())
        if not all(visitors.is_for_visitors(act.document) for act in acts):
            raise NotForAcceptance
        return acts

    def record(self, acts: Sequence[Act]) -> VisitorRecorded:
        """Save the acts."""
        return RecordVisitorActs.execute(
            RecordVisitorActsInput(
                acts=acts,
                token=self.input.token,
                client=self.input.client,
                extra=self.input.extra,
            )
        )
