"""Actions of the administration that suspend users, and lift suspensions."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin import helpers
from django.contrib.admin.widgets import AdminSplitDateTime
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from starterkit_users.access_admin import act_on_each
from starterkit_users.services import lifecycle
from starterkit_users.v1.users.user_id.suspension.delete.use_case import (
    LiftSuspension,
    LiftSuspensionInput,
)
from starterkit_users.v1.users.user_id.suspension.put.use_case import (
    SuspendUser,
    SuspendUserInput,
)

PAST = _("This moment has passed.")


class SuspensionForm(forms.Form):
    """Asks why, and until when."""

    reason = forms.CharField(label=_("Reason"), max_length=500)
    until = forms.SplitDateTimeField(
        label=_("Until"),
        required=False,
        widget=AdminSplitDateTime,
        help_text=_("Empty: until it is lifted."),
    )

    def clean_until(self) -> Any:
        """Refuse an end in the past."""
        until = self.cleaned_data["until"]
        if until is not None and until <= timezone.now():
            raise ValidationError(PAST)
        return until


class StatusActions(admin.ModelAdmin):  # type: ignore[type-arg]  # of any user model
    """Suspends the selected users, and lifts their suspension."""

    @admin.action(description=_("Suspend"), permissions=["change"])
    def suspend(
        self, request: HttpRequest, queryset: QuerySet[Any]
    ) -> HttpResponse | None:
        """Ask for the reason, then suspend the selected users."""
        form = SuspensionForm(request.POST if "reason" in request.POST else None)
        if not lifecycle.has_status():
            del form.fields["until"]
        if not form.is_valid():
            return self._ask(request, queryset, form)
        given = form.cleaned_data

        def suspend_one(facts: dict[str, Any]) -> None:
            SuspendUser.execute(SuspendUserInput(**facts, **given))

        act_on_each(self, request, queryset, suspend_one)
        return None

    @admin.action(description=_("Lift the suspension"), permissions=["change"])
    def lift_suspension(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Open the accounts of the selected users again."""

        def lift_one(facts: dict[str, Any]) -> None:
            LiftSuspension.execute(LiftSuspensionInput(**facts))

        act_on_each(self, request, queryset, lift_one)

    def _ask(
        self, request: HttpRequest, queryset: QuerySet[Any], form: SuspensionForm
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": _("Suspend"),
            "opts": self.opts,
            "form": form,
            "users": queryset,
            "checkbox": helpers.ACTION_CHECKBOX_NAME,
            "media": self.media + form.media,
        }
        return TemplateResponse(request, "admin/starterkit_users/suspend.html", context)
