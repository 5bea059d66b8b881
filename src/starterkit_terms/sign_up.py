"""Accepting the terms while signing up."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils import timezone
from rest_framework.fields import Field, ListField

from starterkit_core.errors import DomainError
from starterkit_core.ports import sign_up
from starterkit_core.utils.client import Client
from starterkit_terms.conf import conf
from starterkit_terms.errors import (
    DocumentChanged,
    NotForAcceptance,
    TermsNotAccepted,
    VersionNotFound,
)
from starterkit_terms.models import AbstractAcceptance, acceptance_model, version_model
from starterkit_terms.serializers import MOST, AcceptedTextRequest
from starterkit_terms.services.evidence import AcceptedText, texts_of
from starterkit_terms.services.reading import wordings
from starterkit_terms.v1.acceptances.post.use_case import AcceptTerms, AcceptTermsInput

FIELD = "accepted_terms"


class AcceptedTerms:
    """Asks every sign-up to accept what is mandatory and in force.

    With nothing mandatory in force, or with ``REQUIRED_AT_SIGN_UP`` off, the field may
    be left out; what is sent is checked and written down all the same.
    """

    name = FIELD
    raises: tuple[type[DomainError], ...] = (
        TermsNotAccepted,
        DocumentChanged,
        VersionNotFound,
        NotForAcceptance,
    )

    def fields(self) -> Mapping[str, Field[Any, Any, Any, Any]]:
        """Return the list of versions, in the shape of ``POST v1/acceptances/``."""
        return {
            FIELD: ListField(
                child=AcceptedTextRequest(),
                required=False,
                max_length=MOST,
                help_text=(
                    "Every mandatory document in force, as `documents` gave it. "
                    "Needed as soon as there is one."
                ),
            )
        }

    def validate(self, given: Mapping[str, Any]) -> None:
        """Judge what was accepted.

        Raises:
            TermsNotAccepted: something mandatory is missing; ``pending`` names it.
            DocumentChanged: what was read is not what is in force now.
            VersionNotFound: there is no such version.
            NotForAcceptance: the document is not one to accept.
        """
        accepted, now = self._accepted(given), timezone.now()
        if accepted:
            texts_of(accepted, now)
        if conf.REQUIRED_AT_SIGN_UP:
            self._check_complete(accepted, now)

    def commit(
        self, user: AbstractBaseUser, given: Mapping[str, Any], client: Client
    ) -> None:
        """Write down what was accepted, in the transaction of the sign-up.

        An unproven account may be given to a new sign-up: what somebody else accepted
        for it is no evidence about its owner and is let go.
        """
        acceptance_model().objects.forget(user)
        if accepted := self._accepted(given):
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
        sent = [text.version for text in accepted]
        missing = mandatory.exclude(pk__in=sent)
        if missing.exists():
            pending = [wording.facts() for wording in wordings(missing)]
            raise TermsNotAccepted(facts={"pending": pending})


def register() -> None:
    """Ask for it at each sign-up."""
    sign_up.register(AcceptedTerms())
