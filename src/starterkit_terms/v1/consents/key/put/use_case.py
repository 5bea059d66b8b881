"""Give, refuse or withdraw a consent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils import timezone

from starterkit_core.errors import AccountDeleted
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import NO_CLIENT, Client
from starterkit_terms.errors import (
    ConsentNotFound,
    ConsentNotGiven,
    DocumentChanged,
    VersionNotFound,
)
from starterkit_terms.models import AbstractAcceptance, ConsentState, acceptance_model
from starterkit_terms.services.audiences import is_for
from starterkit_terms.services.consents import (
    ConsentWording,
    consents_in_force,
    decided,
)
from starterkit_terms.services.evidence import AcceptedText, Act, texts_of
from starterkit_terms.services.reading import Wording, wordings
from starterkit_terms.use_cases.record_acts import RecordActs, RecordActsInput

Action = AbstractAcceptance.Action


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideConsentInput(Input):
    """Who decides what about which consent; withdrawing needs no text."""

    user: AbstractBaseUser
    key: str
    state: str
    """``given``, ``refused`` or ``withdrawn``."""

    shown: AcceptedText | None = None
    languages: Sequence[str] = ()
    client: Client = NO_CLIENT


class DecideConsent(UseCase[DecideConsentInput, ConsentWording]):
    """Record a decision, and return the consent as it is then.

    What the user decided last is not recorded again. Refusing a consent that was given
    ends it, too.

    Raises:
        ConsentNotFound: there is no consent with this key that is in force and for the
            user.
        VersionNotFound: the version is of another document, or has not taken effect.
        DocumentChanged: the text that was read is not the one in force.
        ConsentNotGiven: the user has not given it.
        AccountDeleted: the account was deleted during the request.
    """

    raises = (
        ConsentNotFound,
        VersionNotFound,
        DocumentChanged,
        ConsentNotGiven,
        AccountDeleted,
    )

    def run(self) -> ConsentWording:
        now = timezone.now()
        consent = self.find_consent(now)
        act = self.find_act(consent, now)
        if act is not None:
            self.record(act, now)
        return self.as_decided(consent, now)

    def find_consent(self, at: datetime) -> Wording:
        """Return the consent in its version in force.

        Raises:
            ConsentNotFound: there is none with this key.
        """
        asked = consents_in_force(at).filter(document__key=self.input.key)
        found = wordings(asked, self.input.languages)
        if not found or not self._may_decide(found[0]):
            raise ConsentNotFound
        return found[0]

    def _may_decide(self, consent: Wording) -> bool:
        """Return whether it is for the user; what was given can always be withdrawn."""
        document = consent.version.document
        return self.input.state == Action.WITHDRAWN or is_for(self.input.user, document)

    def find_act(self, consent: Wording, at: datetime) -> Act | None:
        """Return what is to be recorded; None if it was withdrawn before."""
        if self.input.state == Action.WITHDRAWN or self.input.shown is None:
            return self._withdrawal(consent)
        [text] = texts_of([self.input.shown], at)
        if text.version_id != consent.version.pk:
            raise VersionNotFound
        return Act.about(text, self.input.state)

    def _withdrawal(self, consent: Wording) -> Act | None:
        """Return the withdrawal of what was given, with the text of that time.

        Raises:
            ConsentNotGiven: it was never given, or refused since.
        """
        # Not locked: each use case that records an act locks the account first.
        mine = ConsentState.objects.of(self.input.user)
        state = mine.filter(document=consent.version.document_id).first()
        if state is not None and state.action == Action.WITHDRAWN:
            return None
        if state is None or state.action != Action.GIVEN:
            raise ConsentNotGiven
        given = acceptance_model().objects.select_related("version__document")
        return withdrawal_of(given.get(pk=state.event_id))

    def record(self, act: Act, at: datetime) -> None:
        """Save the decision."""
        RecordActs.execute(
            RecordActsInput(
                user=self.input.user,
                acts=[act],
                client=self.input.client,
                happened_at=at,
                extra=self.input.extra,
            )
        )

    def as_decided(self, consent: Wording, at: datetime) -> ConsentWording:
        """Return the consent with the decision as it is saved."""
        mine = ConsentState.objects.of(self.input.user)
        state = mine.filter(document=consent.version.document_id).first()
        return decided(consent, state, at)


def withdrawal_of(given: Any) -> Act:
    """Return the withdrawal of a consent that was given."""
    return Act.again(given, Action.WITHDRAWN)
