"""Tell users of a new version: each once, with a proof."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_core.db.databases import rows_of
from starterkit_core.services.tasks import runs_at_once, task
from starterkit_core.use_cases import Input, UseCase
from starterkit_terms.conf import conf, default_locale
from starterkit_terms.errors import NoticeNotDue, VersionNotFound
from starterkit_terms.models import (
    AbstractVersion,
    ConsentState,
    NoticeDelivery,
    VersionText,
    version_model,
)
from starterkit_terms.notice_media import Medium, medium_for
from starterkit_terms.services.audiences import is_for
from starterkit_terms.services.recipients import has_left, language_for
from starterkit_terms.utils.locales import best_locale


@dataclass(frozen=True, slots=True, kw_only=True)
class SendNoticesInput(Input):
    """Of which version to tell, and which users: some, after one of them."""

    version_id: str
    after: Any = None
    """The id of the last user of the batch before; None to begin."""

    dry_run: bool = False
    """Whether to count only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeBatch:
    """What became of the users of a batch."""

    counts: Mapping[str, int]
    """Users by outcome: ``told``, ``told_before``, ``unconcerned``, ``inactive``, and
    ``unreachable``, whom no medium reaches.
    """

    last: Any
    """Where the next batch goes on; None if there are no further users."""


class SendNotices(UseCase[SendNoticesInput, NoticeBatch]):
    """Tell a batch of users, and save a proof for each, in one transaction.

    Its users are locked meanwhile, so concurrent runs tell each of them once, and one
    that is repeated after a crash goes on.

    Raises:
        VersionNotFound: it was deleted.
        NoticeNotDue: it is a draft or not announced yet, silent, or superseded.
    """

    raises = (VersionNotFound, NoticeNotDue)

    def run(self) -> NoticeBatch:
        version = self.find_version()
        users = self.lock_users()
        outcomes = self.sort_users(version, users)
        if not self.input.dry_run:
            self.tell(version, outcomes.get("told", []))
        full = len(users) == conf.NOTICE_BATCH
        counts = Counter({name: len(found) for name, found in outcomes.items()})
        return NoticeBatch(counts=counts, last=users[-1].pk if full else None)

    def find_version(self) -> AbstractVersion:
        """Return the version.

        Raises:
            VersionNotFound: there is none with this id.
            NoticeNotDue: users are not told of it.
        """
        return noticeable(self.input.version_id)

    def lock_users(self) -> list[Any]:
        """Return the next users, hidden ones included, locked until the commit."""
        users = rows_of(get_user_model()).order_by("pk")
        if self.input.after is not None:
            users = users.filter(pk__gt=self.input.after)
        if not self.input.dry_run:
            users = users.select_for_update()
        return [*users[: conf.NOTICE_BATCH]]

    def sort_users(
        self, version: AbstractVersion, users: Sequence[Any]
    ) -> dict[str, list[Any]]:
        """Return the users by what becomes of them, as ``NoticeBatch.counts`` names."""
        rows = rows_of(NoticeDelivery).filter(version=version.pk, user__in=users)
        before = {*rows.values_list("user_id", flat=True)}
        states = ConsentState.objects.filter(document=version.document_id)
        stands = {it.user_id: it for it in states.filter(user__in=users)}
        outcomes: dict[str, list[Any]] = {}
        for user in users:
            if user.pk in before:
                outcome = "told_before"
            elif has_left(user):
                outcome = "inactive"
            elif not self._is_concerned(version, user, stands.get(user.pk)):
                outcome = "unconcerned"
            else:
                outcome = "told" if medium_for(user) else "unreachable"
            outcomes.setdefault(outcome, []).append(user)
        return outcomes

    def _is_concerned(
        self, version: AbstractVersion, user: Any, state: ConsentState | None
    ) -> bool:
        """Return whether a user is told, by audience and what stands of the document.

        Who has accepted this version knows it. Of what need not be accepted, only
        those are told who did accept it before; of a notice, all.
        """
        document = version.document
        if state is not None and state.accepted_number >= version.number:
            return False
        if not is_for(user, document):
            return False
        if document.mandatory or document.nature == document.Nature.NOTICE:
            return True
        return state is not None and state.accepted_number > 0

    def tell(self, version: AbstractVersion, users: Sequence[Any]) -> None:
        """Save the proofs, and hand each notice over to its medium."""
        texts = {it.locale: it for it in VersionText.objects.filter(version=version.pk)}
        told = [self._notice(version, user, texts) for user in users]
        NoticeDelivery.objects.bulk_create(notice for notice, _ in told)
        for notice, medium in told:
            medium.tell(notice)

    def _notice(
        self,
        version: AbstractVersion,
        user: AbstractBaseUser,
        texts: Mapping[str, VersionText],
    ) -> tuple[NoticeDelivery, Medium]:
        medium: Any = medium_for(user)
        text = texts[best_locale([language_for(user)], texts, default_locale())]
        notice = NoticeDelivery(
            user_id=user.pk,
            recipient_id=str(user.pk),
            version_id=version.pk,
            medium=medium.name,
            locale=text.locale,
            content_hash=text.content_hash,
        )
        return notice, medium


def noticeable(version_id: str) -> AbstractVersion:
    """Return a version of which users can be told now.

    Raises:
        VersionNotFound: there is none with this id.
        NoticeNotDue: it is a draft or not announced yet, silent, or superseded.
    """
    rows = rows_of(version_model()).select_related("document")
    version: AbstractVersion | None = rows.filter(pk=version_id).first()
    if version is None:
        raise VersionNotFound
    is_silent = version.change_class == version.ChangeClass.SILENT
    is_over = version.state == version.State.SUPERSEDED
    if is_silent or is_over or not version.is_announced:
        raise NoticeNotDue
    return version


@task
def send_notices(version_id: str, after: str | None = None) -> None:
    """Tell all users after one of them; each batch is a task of its own on a queue.

    A batch that runs again tells no user twice. A version that is superseded meanwhile
    ends it.
    """
    while True:
        given = SendNoticesInput(version_id=version_id, after=after)
        try:
            batch = SendNotices.execute(given)
        except (NoticeNotDue, VersionNotFound):
            return
        if batch.last is None:
            return
        after = str(batch.last)
        if not runs_at_once(send_notices):
            send_notices.enqueue(version_id, after)
            return
