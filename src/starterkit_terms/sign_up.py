"""Accepting the terms while signing up."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils import timezone
from rest_framework.fields import Field, ListField

from starterkit_core.errors import DomainError
from starterkit_core.ports.client import Client
from starterkit_terms.conf import conf
from starterkit_terms.errors import (
    DocumentChanged,
    NotForAcceptance,
    TermsNotAccepted,
    VersionNotFound,
)
from starterkit_terms.models import AbstractAcceptance, acceptances, versions
from starterkit_terms.serializers import ClaimRequest
from starterkit_terms.services.evidence import Claim, texts_of
from starterkit_terms.services.reading import wordings
from starterkit_terms.v1.acceptances.post.use_case import AcceptTerms, AcceptTermsInput

FIELD = "accepted_terms"
MOST = 20


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
                child=ClaimRequest(),
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
        claims, now = self._claims(given), timezone.now()
        if claims:
            texts_of(claims, now)
        if conf.REQUIRED_AT_SIGN_UP:
            self._check_complete(claims, now)

    def commit(
        self, user: AbstractBaseUser, given: Mapping[str, Any], client: Client
    ) -> None:
        """Write down what was accepted, in the transaction of the sign-up.

        An unproven account may be given to a new sign-up: what somebody else accepted
        for it is no evidence about its owner and is let go.
        """
        acceptances.model.objects.forget(user)
        if claims := self._claims(given):
            AcceptTerms.execute(
                AcceptTermsInput(
                    user=user,
                    claims=claims,
                    client=client,
                    method=AbstractAcceptance.Method.SIGN_UP,
                )
            )

    def _claims(self, given: Mapping[str, Any]) -> tuple[Claim, ...]:
        return Claim.all_of(given.get(FIELD) or ())

    def _check_complete(self, claims: Sequence[Claim], at: datetime) -> None:
        mandatory = versions.model.objects.in_force(at).mandatory()
        claimed = [claim.version for claim in claims]
        missing = mandatory.exclude(pk__in=claimed)
        if missing.exists():
            pending = [wording.facts() for wording in wordings(missing)]
            raise TermsNotAccepted(facts={"pending": pending})
