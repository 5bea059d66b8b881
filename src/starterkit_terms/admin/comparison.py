"""What has changed since the version before it, side by side, in each language."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from starterkit_terms.admin.pages import VersionPage
from starterkit_terms.admin.reading import chosen
from starterkit_terms.models import AbstractVersion, VersionText, version_model
from starterkit_terms.services.comparing import difference
from starterkit_terms.utils.paragraphs import Hunk

NEIGHBOURS = 2
"""How many paragraphs that stayed are shown before and after a change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Two paragraphs beside each other; None where there is no counterpart."""

    op: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Rows that are shown at once, or behind a line that opens them."""

    rows: tuple[Row, ...]
    is_folded: bool = False


class ComparisonPage(VersionPage):
    """Compares a version with the one that was published before it."""

    name = "comparison"
    title = _("Changes")
    template = "admin/starterkit_terms/version/comparison.html"

    def get(self) -> HttpResponse:
        """Show the difference in the language of ``?locale=``, or the first one."""
        former = self._former()
        old, new = _texts(former), _texts(self.version)
        locales = sorted({*old, *new})
        locale = chosen(self.request, locales)
        before, after = _or_blank(old, locale), _or_blank(new, locale)
        lines = (
            (_("title"), before.title, after.title),
            (_("wording of the checkbox"), before.checkbox, after.checkbox),
        )
        return self.render(
            former=former,
            locales=locales,
            locale=locale,
            lines=[line for line in lines if line[1] != line[2]],
            blocks=[*blocks_of(difference(before, after).hunks)],
        )

    def _former(self) -> AbstractVersion | None:
        siblings = version_model().objects.filter(document=self.version.document_id)
        earlier = siblings.published().filter(number__lt=self.version.number)
        former: AbstractVersion | None = earlier.order_by("-number").first()
        return former


def blocks_of(hunks: Iterable[Hunk]) -> Iterator[Block]:
    """Yield the rows of the hunks; what stayed far from a change is folded."""
    for hunk in hunks:
        pairs = zip_longest(hunk.before, hunk.after)
        rows = tuple(Row(op=hunk.op, before=old, after=new) for old, new in pairs)
        if hunk.op != "equal" or len(rows) <= 2 * NEIGHBOURS + 1:
            yield Block(rows=rows)
            continue
        yield Block(rows=rows[:NEIGHBOURS])
        yield Block(rows=rows[NEIGHBOURS:-NEIGHBOURS], is_folded=True)
        yield Block(rows=rows[-NEIGHBOURS:])


def _texts(version: AbstractVersion | None) -> dict[str, VersionText]:
    texts = VersionText.objects.filter(version=version.pk) if version else ()
    return {text.locale: text for text in texts}


def _or_blank(texts: dict[str, VersionText], locale: str | None) -> VersionText:
    return texts.get(locale or "") or VersionText(locale=locale or "")
