"""How many users accepted a version, as numbers and as a chart."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from starterkit_terms.admin.pages import VersionPage
from starterkit_terms.models import acceptance_model
from starterkit_terms.services.statistics import DAYS, MOST, Day, statistics_of

HEIGHT = 100
"""Of the chart, in its own units; each day is ``WIDTH`` wide."""

WIDTH = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A day in the chart: refusals stand on what was accepted."""

    day: Day
    x: int
    agreed_y: int
    agreed_height: int
    declined_y: int
    declined_height: int


class StatisticsPage(VersionPage):
    """Shows accepted, refused and pending, the median time, and the last days."""

    name = "statistics"
    title = _("Statistics")
    template = "admin/starterkit_terms/version/statistics.html"

    def get(self) -> HttpResponse:
        """Show the numbers."""
        numbers = statistics_of(self.version, timezone.now())
        return self.render(
            numbers=numbers,
            most=MOST,
            median=_as_text(numbers.median),
            bars=bars_of(numbers.days),
            highest=_highest(numbers.days),
            width=DAYS * WIDTH,
            height=HEIGHT,
            acceptances_url=self._acceptances_url(),
        )

    def _acceptances_url(self) -> str:
        """Return the list of who accepted, or ``""`` if the user may not see it."""
        model, site = acceptance_model(), self.model_admin.admin_site
        if not site.is_registered(model):
            return ""
        if not site.get_model_admin(model).has_view_permission(self.request):
            return ""
        names = f"{model._meta.app_label}_{model._meta.model_name}_changelist"
        url = reverse(f"admin:{names}", current_app=site.name)
        key = f"version__{self.version._meta.pk.name}__exact"
        return f"{url}?{urlencode({key: self.version.pk})}"


def _as_text(time: timedelta | None) -> str:
    """Return a time in its two largest units, ``""`` for None."""
    if time is None:
        return ""
    days, minutes = time.days, time.seconds // 60
    hours = minutes // 60
    if days:
        return _("%(days)d d %(hours)d h") % {"days": days, "hours": hours}
    return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes % 60}


def bars_of(days: Sequence[Day]) -> list[Bar]:
    """Return the chart: the day with the most acts is as high as the chart."""
    highest = _highest(days)
    bars = []
    for place, day in enumerate(days):
        agreed = HEIGHT * day.agreed // highest
        declined = HEIGHT * day.declined // highest
        bars.append(
            Bar(
                day=day,
                x=place * WIDTH,
                agreed_y=HEIGHT - agreed,
                agreed_height=agreed,
                declined_y=HEIGHT - agreed - declined,
                declined_height=declined,
            )
        )
    return bars


def _highest(days: Sequence[Day]) -> int:
    return max(1, *(day.agreed + day.declined for day in days))
