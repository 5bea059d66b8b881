"""Give, refuse or withdraw a consent before there is an account."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from django.utils import timezone

from starterkit_core.errors import RateLimited, ServiceUnavailable
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import NO_CLIENT, Client
from starterkit_terms.errors import (
    ConsentNotFound,
    ConsentNotGiven,
    DocumentChanged,
    VersionNotFound,
)
from starterkit_terms.models import AbstractAcceptance, ConsentState
from starterkit_terms.services import states, visitors
from starterkit_terms.services.consents import (
    ConsentWording,
    consents_in_force,
    decided,
)
from starterkit_terms.services.evidence import AcceptedText, Act, texts_of
from starterkit_terms.services.reading import Wording, wordings
from starterkit_terms.use_cases.record_visitor_acts import (
    RecordVisitorActs,
    RecordVisitorActsInput,
    VisitorRecorded,
)

Action = AbstractAcceptance.Action


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideAsVisitorInput(Input):
    """Which visitor decides what about which consent; withdrawing needs no text."""

    key: str
    state: str
    """``given``, ``refused`` or ``withdrawn``."""

    shown: AcceptedText | None = None
    token: str = ""
    languages: Sequence[str] = ()
    client: Client = NO_CLIENT


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedAsVisitor(ConsentWording):
    """The consent with the decision, and the token for the next one."""

    visitor_token: str


class DecideAsVisitor(UseCase[DecideAsVisitorInput, DecidedAsVisitor]):
    """Record a visitor's decision, and return the consent as it is then.

    Raises:
        ConsentNotFound: there is no consent with this key that is in force and for
            everybody.
        VersionNotFound: the version is of another document, or has not taken effect.
        DocumentChanged: the text that was read is not the one in force.
        ConsentNotGiven: the visitor has not given it.
        RateLimited: too many acts of visitors come from this network.
        ServiceUnavailable: the cache is down.
    """

    raises = (
        ConsentNotFound,
        VersionNotFound,
        DocumentChanged,
        ConsentNotGiven,
        RateLimited,
        ServiceUnavailable,
    )

    def prepare(self) -> None:
        visitors.consume_limit(self.input.client)

    def run(self) -> DecidedAsVisitor:
        now = timezone.now()
        consent = self.find_consent(now)
        recorded = self.record(self.find_act(consent, now), now)
        return self.as_decided(consent, recorded, now)

    def find_consent(self, at: datetime) -> Wording:
        """Return the consent in its version in force.

        Raises:
            ConsentNotFound: there is none with this key for everybody.
        """
        asked = consents_in_force(at).filter(document__key=self.input.key)
        found = wordings(asked, self.input.languages)
        if not found or not visitors.is_for_visitors(found[0].version.document):
            raise ConsentNotFound
        return found[0]

    def find_act(self, consent: Wording, at: datetime) -> Act:
        """Return what is to be recorded."""
        if self.input.state == Action.WITHDRAWN or self.input.shown is None:
            return self._withdrawal(consent, at)
        [text] = texts_of([self.input.shown], at)
        if text.version_id != consent.version.pk:
            raise VersionNotFound
        return Act.about(text, self.input.state)

    def _withdrawal(self, consent: Wording, at: datetime) -> Act:
        """Return the withdrawal of what was given; a repeated one is recorded once.

        Raises:
            ConsentNotGiven: it was never given, or refused since.
        """
        document = consent.version.document_id
        # Locked: a sign-in that binds the visitor now would make it another one.
        visitor = visitors.locked_id(self.input.token, at)
        acts: list[Any] = visitors.acts_of_visitor(visitor) if visitor else []
        mine = [act for act in acts if act.version.document_id == document]
        if not mine or mine[-1].action not in {Action.GIVEN, Action.WITHDRAWN}:
            raise ConsentNotGiven
        return Act.again(mine[-1], Action.WITHDRAWN)

    def record(self, act: Act, at: datetime) -> VisitorRecorded:
        """Save the decision."""
        return RecordVisitorActs.execute(
            RecordVisitorActsInput(
                acts=[act],
                token=self.input.token,
                client=self.input.client,
                happened_at=at,
                extra=self.input.extra,
            )
        )

    def as_decided(
        self, consent: Wording, recorded: VisitorRecorded, at: datetime
    ) -> DecidedAsVisitor:
        """Return the consent with the decision as it is saved."""
        [act] = recorded.acts
        # Not saved: a state is of an account.
        state = ConsentState(**states.after(None, act).fields())
        seen = decided(consent, state, at)
        columns = {it.name: getattr(seen, it.name) for it in fields(seen)}
        return DecidedAsVisitor(**columns, visitor_token=recorded.token)
