"""Accept one or several versions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.utils import timezone

from starterkit_core.errors import AccountDeleted
from starterkit_core.services import audit
from starterkit_core.signals import announce, terms_accepted
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import NO_CLIENT, Client
from starterkit_terms.errors import DocumentChanged, NotForAcceptance, VersionNotFound
from starterkit_terms.models import (
    AbstractAcceptance,
    VersionText,
    acceptance_model,
)
from starterkit_terms.services.evidence import AcceptedText, texts_of, traces_of


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptTermsInput(Input):
    """Who accepts which texts, by which method, with which client."""

    user: AbstractBaseUser
    accepted: Sequence[AcceptedText]
    client: Client = NO_CLIENT
    method: str = AbstractAcceptance.Method.API


class AcceptTerms(UseCase[AcceptTermsInput, list[AbstractAcceptance]]):
    """Save the acceptances of a user: all of them, or none if one is refused.

    Existing acceptances are not changed, so a retry is safe and adds no second row. No
    user can accept for another one.

    Raises:
        VersionNotFound: there is no such version, or it has not taken effect.
        DocumentChanged: the text that was read is not the one in force.
        NotForAcceptance: the document is a notice or a consent.
        AccountDeleted: the account was deleted during the request.
    """

    raises = (VersionNotFound, DocumentChanged, NotForAcceptance, AccountDeleted)

    def run(self) -> list[AbstractAcceptance]:
        texts = self.find_texts()
        self.lock_account()
        existing = self.find_existing(texts)
        new = [text for text in texts if text.version_id not in existing]
        created = self.create([self.acceptance_fields(text) for text in new])
        if created:
            self.record_event(created)
            self.announce(created)
        return self.in_order(texts, [*existing.values(), *created])

    def find_texts(self) -> list[VersionText]:
        """Return the texts that were read, after a check that they are in force."""
        return texts_of(self.input.accepted, timezone.now())

    def lock_account(self) -> None:
        """Lock the user, so that a concurrent retry waits until the first is saved.

        Raises:
            AccountDeleted: the account was deleted during the request.
        """
        accounts = get_user_model()._base_manager.select_for_update()
        mine = accounts.filter(pk=self.input.user.pk)
        if mine.values_list("pk").first() is None:
            raise AccountDeleted

    def find_existing(
        self, texts: Sequence[VersionText]
    ) -> Mapping[UUID, AbstractAcceptance]:
        """Return what the user has accepted before, by version."""
        ids = [text.version_id for text in texts]
        rows = acceptance_model().objects.of(self.input.user).filter(version__in=ids)
        return {row.version_id: row for row in rows.select_related("version__document")}

    def acceptance_fields(self, text: VersionText) -> dict[str, Any]:
        """Return the values of a new row; a host adds those of its own model."""
        return {
            "user_id": self.input.user.pk,
            "actor_id": str(self.input.user.pk),
            "version": text.version,
            "locale": text.locale,
            "content_hash": text.content_hash,
            "action": AbstractAcceptance.Action.ACCEPTED,
            "method": self.input.method,
            **traces_of(self.input.client),
        }

    def create(self, rows: Sequence[dict[str, Any]]) -> list[AbstractAcceptance]:
        """Insert the rows."""
        model = acceptance_model()
        return list(model.objects.bulk_create([model(**row) for row in rows]))

    def record_event(self, created: Sequence[AbstractAcceptance]) -> None:
        """Record which versions were accepted."""
        audit.record(
            "terms.accepted",
            actor=self.input.user,
            subject=self.input.user,
            client=self.input.client,
            facts={"versions": [str(row.version_id) for row in created]},
        )

    def announce(self, created: Sequence[AbstractAcceptance]) -> None:
        """Send ``terms_accepted`` after the commit, with the new acceptances only."""
        announce(
            terms_accepted,
            acceptance_model(),
            user=self.input.user,
            versions=[row.version for row in created],
        )

    def in_order(
        self, texts: Sequence[VersionText], rows: Sequence[AbstractAcceptance]
    ) -> list[AbstractAcceptance]:
        """Return the rows in the order of the request."""
        by_version = {row.version_id: row for row in rows}
        return [by_version[text.version_id] for text in texts]
