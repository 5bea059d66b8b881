"""Accepting the terms while signing up."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils import timezone
from rest_framework.fields import Field

from starterkit_core.errors import DomainError
from starterkit_core.http.fields import ListField
from starterkit_core.ports import sign_up
from starterkit_core.utils.client import Client
from starterkit_terms.conf import conf
from starterkit_terms.errors import (
    DocumentChanged,
    NotForAcceptance,
    TermsNotAccepted,
    VersionNotFound,
)
from starterkit_terms.models import AbstractAcceptance, version_model
from starterkit_terms.serializers import (
    MOST,
    AcceptedTextRequest,
    VisitorTokenField,
)
from starterkit_terms.services.audiences import EVERYBODY
from starterkit_terms.services.evidence import (
    AcceptedText,
    acts_of,
    still_in_force,
)
from starterkit_terms.services.reading import wordings
from starterkit_terms.use_cases.bind_visitor import BindVisitor, BindVisitorInput
from starterkit_terms.v1.acceptances.post.use_case import AcceptTerms, AcceptTermsInput

FIELD = "accepted_terms"
TOKEN = "visitor_token"  # noqa: S105  # the name of a field


class AcceptedTerms:
    """Requires every sign-up to accept the mandatory documents in force for everybody.

    Those with an audience are asked for by the gate, once there is a user.

    If there are none, or ``REQUIRED_AT_SIGN_UP`` is off, the field may be left out;
    what is sent is still checked and saved.
    """

    name = FIELD
    raises: tuple[type[DomainError], ...] = (
        TermsNotAccepted,
        DocumentChanged,
        VersionNotFound,
        NotForAcceptance,
    )

    def fields(self) -> Mapping[str, Field[Any, Any, Any, Any]]:
        """Return the list of versions, in the shape of ``POST v1/acceptances/``.

        Where visitors may do anything, there is also the token of one.
        """
        of_visitor = {TOKEN: VisitorTokenField()} if conf.VISITOR_ACTS != "off" else {}
        return {
            FIELD: ListField(
                child=AcceptedTextRequest(),
                required=False,
                max_length=MOST,
                help_text=(
                    "Every mandatory document in force, with the values from "
                    "`documents`. Required if there is one."
                ),
            ),
            **of_visitor,
        }

    def validate(self, given: Mapping[str, Any]) -> None:
        """Check what was accepted.

        Raises:
            TermsNotAccepted: mandatory documents are missing; ``pending`` lists them.
            DocumentChanged: the text that was read is not the one in force.
            VersionNotFound: there is no such version, or it has not taken effect.
            NotForAcceptance: the document is a consent.
        """
        accepted, now = self._accepted(given), timezone.now()
        if accepted:
            acts_of(accepted, now)
        if conf.REQUIRED_AT_SIGN_UP:
            self._check_complete(accepted, now)

    def commit(
        self, user: AbstractBaseUser, given: Mapping[str, Any], client: Client
    ) -> None:
        """Save what was accepted, in the transaction that makes the account.

        First what the user did as a visitor, which was earlier.

        That follows the proof of the address, up to a day later. What was superseded
        meanwhile is left out: the gate asks for the newer version. So is what is for
        an audience that does not cover the user.
        """
        if token := given.get(TOKEN):
            BindVisitor.execute(BindVisitorInput(user=user, token=token, client=client))
        if accepted := still_in_force(self._accepted(given), timezone.now(), user):
            AcceptTerms.execute(
                AcceptTermsInput(
                    user=user,
                    accepted=accepted,
                    client=client,
                    method=AbstractAcceptance.Method.SIGN_UP,
                )
            )

    def _accepted(self, given: Mapping[str, Any]) -> tuple[AcceptedText, ...]:
        return AcceptedText.all_of(given.get(FIELD) or ())

    def _check_complete(self, accepted: Sequence[AcceptedText], at: datetime) -> None:
        mandatory = version_model().objects.in_force(at).mandatory()
        # Before there is an account, no policy can say whom an audience covers.
        mandatory = mandatory.filter(document__audience=EVERYBODY)
        sent = [text.version for text in accepted]
        missing = mandatory.exclude(pk__in=sent)
        if missing.exists():
            pending = [wording.facts() for wording in wordings(missing)]
            raise TermsNotAccepted(facts={"pending": pending})


def register() -> None:
    """Add the requirement to each sign-up."""
    sign_up.register(AcceptedTerms())
