"""Schedule a draft: it is frozen now, and takes effect by itself at a date."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils import timezone

from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import NO_CLIENT, Client
from starterkit_core.utils.moments import as_stored
from starterkit_terms.errors import DatesOutOfOrder
from starterkit_terms.models import AbstractVersion
from starterkit_terms.use_cases.publish_version import (
    PublishVersion,
    PublishVersionInput,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleVersionInput(Input):
    """Which draft, and its dates; naive ones are in the current time zone."""

    version: AbstractVersion
    effective_at: datetime
    announce_at: datetime | None = None
    """Until then it is hidden and can be cancelled; now if None."""

    enforce_at: datetime | None = None
    change_class: str | None = None
    only_given_dates: bool = False
    """Whether the draft's dates are dropped where none is given here."""

    actor: AbstractBaseUser | None = None
    client: Client = NO_CLIENT


class ScheduleVersion(UseCase[ScheduleVersionInput, AbstractVersion]):
    """Publish a draft with a date that lies ahead; no job has to run at that time.

    Raises:
        DatesOutOfOrder: the date does not lie ahead; or as ``PublishVersion``.
        VersionNotFound: as ``PublishVersion``.
        VersionPublished: as ``PublishVersion``.
        VersionWithoutText: as ``PublishVersion``.
        VersionOutdated: as ``PublishVersion``.
        VersionUnchanged: as ``PublishVersion``.
        LocalesMissing: as ``PublishVersion``.
        NoticeTooShort: as ``PublishVersion``.
        PublisherIsAuthor: as ``PublishVersion``.
    """

    raises = PublishVersion.raises

    def run(self) -> AbstractVersion:
        self.check_ahead()
        return self.publish()

    def check_ahead(self) -> None:
        """Refuse a date that does not lie ahead.

        Raises:
            DatesOutOfOrder: it does not.
        """
        if as_stored(self.input.effective_at) <= timezone.now():
            raise DatesOutOfOrder

    def publish(self) -> AbstractVersion:
        """Publish the draft with these dates."""
        dates = ("announce_at", "effective_at", "enforce_at")
        others = ("change_class", "only_given_dates", "actor", "client", "extra")
        names = ("version", *dates, *others)
        given: dict[str, Any] = {name: getattr(self.input, name) for name in names}
        return PublishVersion.execute(PublishVersionInput(**given))
