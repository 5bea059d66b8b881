"""Show what has changed in a document since an earlier version."""

from collections.abc import Sequence
from dataclasses import dataclass

from starterkit_core.use_cases import Input, UseCase
from starterkit_terms.conf import default_locale
from starterkit_terms.errors import NotComparable, VersionNotFound
from starterkit_terms.models import AbstractVersion, VersionText
from starterkit_terms.services.comparing import Difference, difference
from starterkit_terms.services.published import numbered
from starterkit_terms.services.reading import full_texts
from starterkit_terms.utils.locales import best_locale


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareVersionsInput(Input):
    """Which version, since which one, and the languages of the reader."""

    key: str
    number: int
    since: int | None = None
    """An earlier number; the version before it if None."""

    languages: Sequence[str] = ()
    """The best one first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What has changed, and what the authors say about each step."""

    before: AbstractVersion
    after: AbstractVersion
    steps: Sequence[AbstractVersion]
    """Every version after ``before`` up to ``after``, in this order."""

    difference: Difference


class CompareVersions(UseCase[CompareVersionsInput, Changes]):
    """Compare two public versions in one language, paragraph by paragraph.

    Three queries; the cost of the comparison is bounded.

    Raises:
        VersionNotFound: there is none with one of these numbers.
        NotComparable: they have no language in common, or none is earlier.
    """

    raises = (VersionNotFound, NotComparable)
    atomic = False

    def run(self) -> Changes:
        before, *steps = self.find_versions()
        old, new = self.choose_language(before, steps[-1])
        return Changes(
            before=before, after=steps[-1], steps=steps, difference=difference(old, new)
        )

    def find_versions(self) -> list[AbstractVersion]:
        """Return the earlier version, the later one, and those between them.

        Raises:
            VersionNotFound: one of the two does not exist for readers.
            NotComparable: the later one has none before it.
        """
        number, since = self.input.number, self.input.since
        if since is not None and since >= number:
            raise NotComparable
        found = numbered(self.input.key, number__lte=number).order_by("-number")
        rows = found[:2] if since is None else found.filter(number__gte=since)
        versions = [*rows.select_related("document")][::-1]
        self._check(versions)
        return versions

    def choose_language(
        self, before: AbstractVersion, after: AbstractVersion
    ) -> tuple[VersionText, VersionText]:
        """Return the texts of both versions in the best language that both have.

        Raises:
            NotComparable: they have none in common.
        """
        texts = VersionText.objects.filter(version__in=[before.pk, after.pk])
        found = texts.values_list("version_id", "locale", "pk")
        keys = {(version, locale): key for version, locale, key in found}
        common = {it for _, it in keys if {(before.pk, it), (after.pk, it)} <= {*keys}}
        if not common:
            raise NotComparable
        locale = best_locale(self.input.languages, common, default_locale())
        old, new = keys[before.pk, locale], keys[after.pk, locale]
        loaded = full_texts([old, new])
        return loaded[old], loaded[new]

    def _check(self, versions: Sequence[AbstractVersion]) -> None:
        numbers = [version.number for version in versions]
        given = {self.input.number, self.input.since} - {None}
        if not given <= {*numbers}:
            raise VersionNotFound
        if len(numbers) == 1:
            raise NotComparable
