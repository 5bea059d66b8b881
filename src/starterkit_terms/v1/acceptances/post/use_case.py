"""Accept one or several versions."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils import timezone

from starterkit_core.errors import AccountDeleted
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import NO_CLIENT, Client
from starterkit_terms.errors import (
    AlreadyAccepted,
    DocumentChanged,
    NotForAcceptance,
    VersionNotFound,
)
from starterkit_terms.models import AbstractAcceptance
from starterkit_terms.services.evidence import AcceptedText, Act, acts_of
from starterkit_terms.use_cases.record_acts import (
    RecordActs,
    RecordActsInput,
    Recorded,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptTermsInput(Input):
    """Who accepts which texts, by which method, with which client."""

    user: AbstractBaseUser
    accepted: Sequence[AcceptedText]
    client: Client = NO_CLIENT
    method: str = AbstractAcceptance.Method.API


class AcceptTerms(UseCase[AcceptTermsInput, Recorded]):
    """Accept contracts, acknowledge notices, or refuse: all of them, or none.

    What the user did before is not done again, so a retry is safe. No user can accept
    for another one.

    Raises:
        VersionNotFound: there is no such version, or it has not taken effect.
        DocumentChanged: the text that was read is not the one in force.
        NotForAcceptance: the document is a consent, not for this action, or for an
            audience that does not cover the user.
        AlreadyAccepted: a version would be refused that the user has accepted.
        AccountDeleted: the account was deleted during the request.
    """

    raises = (
        VersionNotFound,
        DocumentChanged,
        NotForAcceptance,
        AlreadyAccepted,
        AccountDeleted,
    )

    def run(self) -> Recorded:
        return self.record(self.find_acts())

    def find_acts(self) -> list[Act]:
        """Return what is done about the texts, after a check that they are in force."""
        return acts_of(self.input.accepted, timezone.now(), self.input.user)

    def record(self, acts: Sequence[Act]) -> Recorded:
        """Save the acts."""
        return RecordActs.execute(
            RecordActsInput(
                user=self.input.user,
                acts=acts,
                client=self.input.client,
                method=self.input.method,
                extra=self.input.extra,
            )
        )
