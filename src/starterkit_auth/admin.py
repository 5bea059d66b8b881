"""Sessions and addresses in the Django admin.

Registered for the model in force, ours or the one that the host swapped in, unless the
host's own ``admin`` module registers another class for it.
"""

from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.forms import (
    AdminAuthenticationForm,
    AdminPasswordChangeForm,
)
from django.contrib.auth import get_user_model
from django.contrib.auth.views import PasswordChangeView
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from starterkit_auth.forms import LimitedForm, LimitedFormerPassword
from starterkit_auth.models import AbstractSession, EmailAddress, session_model
from starterkit_auth.services.user_addresses import is_address_of, key_or_empty
from starterkit_auth.services.user_lookup import find_user
from starterkit_auth.use_cases.end_sessions import EndSessions, EndSessionsInput
from starterkit_auth.use_cases.send_confirmation import (
    SendConfirmation,
    SendConfirmationInput,
)
from starterkit_core.admin import (
    ReadOnlyAdmin,
    added_fields,
    as_uuid,
    register_active,
)
from starterkit_core.db.databases import rows_of
from starterkit_core.http.client import client_of
from starterkit_core.utils.client import NO_CLIENT


class AdminSignInForm(LimitedForm, AdminAuthenticationForm):
    """The sign-in of the Django admin; set it as ``login_form`` of a site of yours."""


class AdminPasswordForm(LimitedFormerPassword, AdminPasswordChangeForm):
    """Asks for the former password, as ``AdminSignInForm`` does for the sign-in."""


class SessionAdmin(ReadOnlyAdmin):
    """Lists sessions; an action ends all sessions of the selected users."""

    actions = ("end_sessions",)
    list_display = (
        "user",
        "created_at",
        "last_seen_at",
        "is_live",
        "transport",
        "device_name",
        "platform",
        "address",
    )
    list_select_related = ("user",)
    fields = (
        ("id", "user"),
        ("created_at", "authenticated_at", "last_seen_at"),
        ("idle_expires_at", "expires_at"),
        ("revoked_at", "revoke_reason"),
        ("transport", "device_name", "platform", "app_version"),
        ("user_agent", "address"),
    )
    readonly_fields = ("id", "created_at")
    search_fields = ("user",)  # shows the search box; see get_search_results()
    search_help_text = _(
        "The whole e-mail address or id of a user, or id of a session."
    )

    @admin.display(description=_("live"), boolean=True)
    def is_live(self, session: Any) -> bool:
        """Return whether the session is neither ended nor expired."""
        return bool(session.is_live_at(timezone.now()))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Search by indexed columns only, as the table may be large."""
        term = search_term.strip()
        if not term:
            return queryset, False
        found = Q(user=find_user(term))
        if key := as_uuid(term):
            found |= Q(pk=key)
        return queryset.filter(found), False

    @admin.action(description=_("End all sessions of these users"), permissions=["act"])
    def end_sessions(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """End every session of each user who owns a selected session."""
        users = rows_of(get_user_model())
        owners = users.filter(pk__in=queryset.order_by().values("user")).order_by("pk")
        actor: Any = request.user
        client, ended = client_of(request), 0
        for user in owners:
            ended += EndSessions.execute(
                EndSessionsInput(user=user, actor=actor, client=client)
            )
        text = ngettext("%d session was ended.", "%d sessions were ended.", ended)
        self.message_user(request, text % ended, messages.SUCCESS)


class EmailAddressAdmin(ReadOnlyAdmin):
    """Shows who registered or proved which address, and mails a confirmation again.

    An account without a row never registered here nor proved its address.
    """

    actions = ("send_confirmation",)
    list_display = ("address", "user", "is_proven", "verified_at", "is_current")
    list_select_related = ("user",)
    fields = (
        ("id", "user"),
        ("address", "key"),
        ("is_proven", "verified_at", "is_current"),
        ("created_at", "updated_at"),
    )
    readonly_fields = ("id", "key", "is_proven", "is_current", "created_at")
    search_fields = ("key",)  # shows the search box; see get_search_results()
    search_help_text = _("The whole e-mail address, or the id of a user.")

    @admin.display(description=_("proven"), boolean=True)
    def is_proven(self, row: EmailAddress) -> bool:
        """Return whether the user proved to receive mail there."""
        return row.verified_at is not None

    @admin.display(description=_("is the user's address"), boolean=True)
    def is_current(self, row: EmailAddress) -> bool:
        """Return whether the user model still has it; else the row does not count."""
        return is_address_of(row.user, row.key)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Search by indexed columns only, as the table may be large."""
        term = search_term.strip()
        if not term:
            return queryset, False
        of_user = Q(user=find_user(term))
        return queryset.filter(of_user | Q(key=key_or_empty(term))), False

    @admin.action(
        description=_("Send the confirmation mail again"), permissions=["act"]
    )
    def send_confirmation(
        self, request: HttpRequest, queryset: QuerySet[EmailAddress]
    ) -> None:
        """Mail each address that is not proven yet, within the limits of all mails."""
        unproven = queryset.filter(verified_at=None).select_related("user")
        for row in unproven.order_by("pk"):
            SendConfirmation.execute(
                SendConfirmationInput(
                    user=row.user, address=row.address, client=NO_CLIENT
                )
            )
        text = _("Unproven addresses get a mail, unless they have just got one.")
        self.message_user(request, text, messages.SUCCESS)


admin.site.register(EmailAddress, EmailAddressAdmin)


def limit_passwords(site: Any) -> None:
    """Give a site our forms to sign in and to change a password, unless it has some.

    Called for the default site; call it for one of yours, too.
    """
    site.login_form = site.login_form or AdminSignInForm
    if hasattr(site, "password_change_form"):  # since Django 6.0
        site.password_change_form = site.password_change_form or AdminPasswordForm
    elif _is_of_django(site.password_change):
        site.password_change = partial(_change_password, site)


def _is_of_django(view: Any) -> bool:
    return getattr(view, "__func__", None) is admin.AdminSite.password_change


def _change_password(
    site: Any, request: HttpRequest, extra_context: dict[str, Any] | None = None
) -> HttpResponseBase:
    """Show the page as Django 5.2 does, where a site cannot choose the form."""
    request.current_app = site.name
    template = site.password_change_template or PasswordChangeView.template_name
    view = PasswordChangeView.as_view(
        form_class=AdminPasswordForm,
        success_url=reverse("admin:password_change_done", current_app=site.name),
        extra_context={**site.each_context(request), **(extra_context or {})},
        template_name=template,
    )
    return view(request)


def register() -> None:
    """Register the administration of the model in force, and our forms for passwords.

    A site with a form of its own keeps it.
    """
    limit_passwords(admin.site)
    fields = (*SessionAdmin.fields, *added_fields(session_model(), AbstractSession))
    register_active(session_model(), SessionAdmin, fields=fields)
