"""List the versions of a document that were published."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils import timezone

from starterkit_core.use_cases import Input, UseCase
from starterkit_terms.errors import DocumentNotFound
from starterkit_terms.models import AbstractVersion, VersionText, version_model


@dataclass(frozen=True, slots=True, kw_only=True)
class ListVersionsInput(Input):
    """Which document; the reader may be anonymous."""

    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedVersion:
    """A version without its texts."""

    version: AbstractVersion
    locales: tuple[str, ...]


class ListVersions(UseCase[ListVersionsInput, list[ListedVersion]]):
    """Return every version that was in force or is announced, the newest first.

    Two queries, however many versions there are.

    Raises:
        DocumentNotFound: there is no such document, or it has no such version.
    """

    raises = (DocumentNotFound,)
    atomic = False

    def run(self) -> list[ListedVersion]:
        versions = self.find_versions()
        locales = self.find_locales(versions)
        return [self.listed(it, locales) for it in versions]

    def find_versions(self) -> list[AbstractVersion]:
        """Return what everybody may read.

        Raises:
            DocumentNotFound: there is none.
        """
        now = timezone.now()
        public = version_model().objects.public(now).with_state(now)
        mine = public.filter(document__key=self.input.key).order_by("-number")
        versions = [*mine.select_related("document")]
        if not versions:
            raise DocumentNotFound
        return versions

    def find_locales(self, versions: Sequence[AbstractVersion]) -> dict[UUID, Any]:
        """Return the languages of each version."""
        found: dict[UUID, Any] = {}
        texts = VersionText.objects.filter(version__in=[it.pk for it in versions])
        for version, locale in texts.order_by("locale").values_list(
            "version_id", "locale"
        ):
            found[version] = (*found.get(version, ()), locale)
        return found

    def listed(
        self, version: AbstractVersion, locales: dict[UUID, Any]
    ) -> ListedVersion:
        """Return one version as the list shows it."""
        return ListedVersion(version=version, locales=locales.get(version.pk, ()))
