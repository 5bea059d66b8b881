"""The publication of a version: its dates, what would happen with them, the act."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from starterkit_core.errors import DomainError
from starterkit_core.utils.moments import as_stored
from starterkit_terms.admin.pages import VersionPage
from starterkit_terms.conf import conf, notice_period
from starterkit_terms.models import AbstractVersion, VersionText
from starterkit_terms.services.languages import needed_locales
from starterkit_terms.services.rehearsing import Rehearsal, rehearse
from starterkit_terms.use_cases.cancel_version import CancelVersion, CancelVersionInput
from starterkit_terms.use_cases.publish_version import (
    PublishVersion,
    PublishVersionInput,
)
from starterkit_terms.use_cases.schedule_version import (
    ScheduleVersion,
    ScheduleVersionInput,
)

DATES = ("announce_at", "effective_at", "enforce_at")


class MomentInput(forms.DateTimeInput):
    """Asks for a date and a time by the field that the browser has: no script."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__({"step": "1"}, format="%Y-%m-%dT%H:%M:%S")


def check_year(moment: datetime) -> None:
    """Refuse what no publication is planned for, and a database may not hold.

    Raises:
        ValidationError: the year is not one of 2000 to 2999.
    """
    if not 2000 <= moment.year <= 2999:  # noqa: PLR2004  # the docstring says them
        raise ValidationError(_("The year must be one of 2000 to 2999."))


class MomentField(forms.DateTimeField):
    """A date and a time, or None."""

    widget = MomentInput
    default_validators = [check_year]  # a list in Django

    def __init__(self, label: Any, help_text: Any) -> None:
        super().__init__(required=False, label=label, help_text=help_text)


class PublicationForm(forms.Form):
    """Asks what the version asks of users, and from when."""

    change_class = forms.ChoiceField(
        label=_("class of change"), choices=AbstractVersion.ChangeClass
    )
    announce_at = MomentField(
        _("announced from"),
        _("Empty: now. Until then it is hidden, and can be cancelled."),
    )
    effective_at = MomentField(_("takes effect at"), _("Empty: when it is announced."))
    enforce_at = MomentField(
        _("enforced from"),
        _(
            "Empty: when it takes effect. Until then people who accepted the former "
            "version may go on."
        ),
    )


class PublicationPage(VersionPage):
    """Publishes or schedules a draft, and cancels what is scheduled and hidden."""

    name = "publication"
    title = _("Publication")
    template = "admin/starterkit_terms/version/publication.html"
    permission = "publish"

    def get(self) -> HttpResponse:
        """Show the form, and what would happen with the dates of the draft."""
        if self.version.published_at:
            return self.render(can_cancel=not self.version.is_announced)
        given = {name: getattr(self.version, name) for name in DATES}
        form = PublicationForm(
            initial={**given, "change_class": self.version.change_class}
        )
        return self._ask(form, given | {"change_class": self.version.change_class})

    def post(self) -> HttpResponse:
        """Cancel; or show what would happen; or publish."""
        if "cancel" in self.request.POST:
            return self._act(self._cancel, _("It is a draft again."))
        form = PublicationForm(self.request.POST)
        if not form.is_valid():
            return self._show(form)
        if "publish" not in self.request.POST:
            return self._ask(form, form.cleaned_data)
        return self._act(lambda: self._publish(form.cleaned_data), _("Published."))

    def _publish(self, given: dict[str, Any]) -> AbstractVersion:
        """Publish the draft, or schedule it if it takes effect later."""
        facts = {"version": self.version, "only_given_dates": True, **self.caller()}
        effective_at = given["effective_at"] or given["announce_at"]
        if effective_at and as_stored(effective_at) > timezone.now():
            dates = given | {"effective_at": effective_at}
            return ScheduleVersion.execute(ScheduleVersionInput(**facts, **dates))
        return PublishVersion.execute(PublishVersionInput(**facts, **given))

    def _cancel(self) -> AbstractVersion:
        given = CancelVersionInput(version=self.version, **self.caller())
        return CancelVersion.execute(given)

    def _act(self, act: Callable[[], AbstractVersion], done: Any) -> HttpResponse:
        """Do it and say so, or say why not."""
        try:
            act()
        except DomainError as refusal:
            text = "; ".join(reasons_of(refusal))
            self.model_admin.message_user(self.request, text, messages.ERROR)
        else:
            self.model_admin.message_user(self.request, done, messages.SUCCESS)
        return self.redirect(self.name)

    def _ask(self, form: PublicationForm, given: dict[str, Any]) -> HttpResponse:
        return self._show(form, rehearse(lambda: self._publish(given)))

    def _show(
        self, form: PublicationForm, rehearsal: Rehearsal | None = None
    ) -> HttpResponse:
        refusal = rehearsal and rehearsal.refusal
        return self.render(
            form=form,
            outcome=rehearsal and rehearsal.version,
            reasons=reasons_of(refusal) if refusal else [],
            missing=self._missing(),
            notice=notice_period(self.version.document.nature),
            four_eyes=conf.FOUR_EYES,
            zone=timezone.get_current_timezone_name(),
        )

    def _missing(self) -> list[str]:
        texts = VersionText.objects.filter(version=self.version.pk)
        needed = needed_locales(self.version)
        return sorted(needed - {*texts.values_list("locale", flat=True)})


def reasons_of(refusal: DomainError) -> list[str]:
    """Return the message of a refusal, and what a person can do about it."""
    facts = refusal.facts
    reasons = [str(refusal.message)]
    if "locales" in facts:
        reasons.append(_("Missing: %s") % ", ".join(facts["locales"]))
    if "earliest" in facts:
        reasons.append(_("Possible from: %s") % _local(facts["earliest"]))
    return reasons


def _local(moment: str) -> str:
    """Return a moment in ISO 8601 as the forms of the administration take it."""
    stored = as_stored(datetime.fromisoformat(moment))
    aware = timezone.localtime(stored) if timezone.is_aware(stored) else stored
    return f"{aware:%Y-%m-%d %H:%M:%S}"
