"""What has changed between two texts of a document."""

from collections.abc import Sequence
from dataclasses import dataclass

from starterkit_terms.models import VersionText
from starterkit_terms.utils.paragraphs import Hunk, as_html, compare


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Two texts in one language, and what has changed."""

    before: VersionText
    after: VersionText
    hunks: Sequence[Hunk]

    @property
    def locale(self) -> str:
        """The language of both texts."""
        return self.after.locale

    @property
    def html(self) -> str:
        """The hunks as escaped paragraphs, in ``ins`` and ``del``."""
        return as_html(self.hunks)


def difference(before: VersionText, after: VersionText) -> Difference:
    """Return what has changed between two texts, at a bounded cost."""
    hunks = compare(before.source, after.source)
    return Difference(before=before, after=after, hunks=hunks)
