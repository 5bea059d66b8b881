"""Users and invitations in Django's administration.

Registered for the user model if it is ours or builds on ours, and for invitations,
unless the host's own ``admin`` module registers another class for it.
"""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.contrib.auth import admin as auth_admin
from django.contrib.auth import forms, get_user_model
from django.contrib.auth.models import Group
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from starterkit_core.admin import (
    BoundedAdmin,
    CountedActions,
    ReadOnlyAdmin,
    added_fields,
    as_uuid,
    ids_by_address,
    register_active,
)
from starterkit_core.errors import DomainError
from starterkit_core.http.client import client_of
from starterkit_users.access_admin import ACTIONS, AccessActions
from starterkit_users.models import (
    AbstractAccount,
    AbstractInvitation,
    AbstractUser,
    User,
    invitation_model,
)
from starterkit_users.models.invitation import EXPIRED, Ending
from starterkit_users.models.lifecycle import COLUMNS
from starterkit_users.ranked_admin import RankedGroupAdmin, RankedUserAdmin
from starterkit_users.services import lifecycle, new_accounts, roles, user_rows
from starterkit_users.services.user_rows import called
from starterkit_users.status_admin import StatusActions
from starterkit_users.v1.invitations.invitation_id.delete.use_case import (
    RevokeInvitation,
    RevokeInvitationInput,
)
from starterkit_users.v1.invitations.invitation_id.mail.post.use_case import (
    ResendInvitation,
    ResendInvitationInput,
)


class UserCreationForm(forms.AdminUserCreationForm):
    """Asks for an address where Django's form asks for a user name."""

    class Meta:
        model = User
        fields = ("email",)


class UserChangeForm(forms.UserChangeForm):
    """Django's form, on this model."""

    class Meta:
        model = User
        fields = "__all__"


class UserAdmin(
    RankedUserAdmin, AccessActions, StatusActions, BoundedAdmin, auth_admin.UserAdmin
):
    """Accounts by address; works with any number of them.

    An account is closed and opened by actions, which are the use cases of the API.
    """

    form = UserChangeForm
    add_form = UserCreationForm
    actions = (*ACTIONS, "suspend", "lift_suspension")
    list_display = ("email", "first_name", "last_name", "is_staff", "status")
    list_filter = ("is_staff", "is_superuser", "status")
    ordering = ("-id",)  # ids are ordered by time
    sortable_by = ("email",)
    search_fields = ("email_key__startswith",)  # shows the box; the search is below
    search_help_text = _("The beginning of an email address, or an id.")
    readonly_fields = (
        "created_at",
        "updated_at",
        "last_login",
        "last_seen_at",
        *COLUMNS,
    )
    fieldsets = (
        (None, {"fields": ("email", "password")}),
        (_("Personal info"), {"fields": ("first_name", "last_name")}),
        (_("Language and time zone"), {"fields": ("locale", "time_zone")}),
        (
            _("Permissions"),
            {"fields": ("is_staff", "is_superuser", "groups", "user_permissions")},
        ),
        (_("Status"), {"fields": COLUMNS}),
        (
            _("Dates"),
            {"fields": ("last_login", "last_seen_at", "created_at", "updated_at")},
        ),
    )
    add_fieldsets = (
        (None, {"fields": ("email", "usable_password", "password1", "password2")}),
    )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Search as ``GET v1/users/`` does, by columns with an index only."""
        term = search_term.strip()
        return queryset.filter(called(term)) if term else queryset, False


class GroupAdmin(RankedGroupAdmin, CountedActions, auth_admin.GroupAdmin):
    """Django's administration of groups; no right is given that the giver lacks.

    What the group of a role of the code permits is shown, because ``sync_roles`` takes
    back what is changed here. Such a group is not deleted here either.
    """

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Add the permissions of a role that the code declares."""
        fields = tuple(super().get_readonly_fields(request, obj))
        return (*fields, "permissions") if roles.is_of_code(obj) else fields

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse the group of a role that the code declares, also in bulk."""
        allowed = super().has_delete_permission(request, obj)
        return allowed and not roles.is_of_code(obj)


class InvitationAdmin(ReadOnlyAdmin):
    """Invitations; actions send them again, or revoke them."""

    actions = ("send_again", "revoke")
    list_display = ("address", "shown_state", "mails", "mailed_at", "expires_at")
    list_filter = ("ending",)
    fields = (
        ("id", "created_at"),
        ("address", "user", "invited_by"),
        ("shown_state", "ended_at", "expires_at"),
        ("mails", "mailed_at"),
        "roles",
    )
    readonly_fields = ("id", "created_at", "shown_state")
    search_fields = ("user",)  # shows the search box; see get_search_results()
    search_help_text = _(
        "The whole e-mail address or id of a user, or id of an invitation."
    )

    @admin.display(description=_("state"))
    def shown_state(self, invitation: Any) -> str:
        """Return whether it is open, expired, accepted or revoked."""
        state = str(invitation.state)
        return str(_("expired") if state == EXPIRED else Ending(state).label)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Search by indexed columns only, as the table may be large."""
        term = search_term.strip()
        if not term:
            return queryset, False
        found = Q(user_id__in=ids_by_address(term))
        if user := user_rows.find(term):
            found |= Q(user_id=user.pk)
        if key := as_uuid(term):
            found |= Q(pk=key)
        return queryset.filter(found), False

    @admin.action(description=_("Send these invitations again"), permissions=["act"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Mail a new link for each, within the limits of all invitations."""
        self._each(request, queryset, ResendInvitation, ResendInvitationInput)

    @admin.action(description=_("Revoke these invitations"), permissions=["act"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """End each, and delete its account."""
        self._each(request, queryset, RevokeInvitation, RevokeInvitationInput)

    def _each(
        self, request: HttpRequest, queryset: QuerySet[Any], act: Any, given: Any
    ) -> None:
        client, refused, rows = client_of(request), [], [*queryset.order_by("pk")]
        for row in rows:
            try:
                act.execute(
                    given(invitation_id=row.pk, actor=request.user, client=client)
                )
            except DomainError as error:
                refused.append(f"{row.address}: {error.message}")
        facts = {"done": len(rows) - len(refused), "refused": "; ".join(refused)}
        text = (
            _("%(done)d done. Not done: %(refused)s")
            if refused
            else _("%(done)d done.")
        )
        level = messages.WARNING if refused else messages.SUCCESS
        self.message_user(request, text % facts, level)


def refuse_leavers(site: Any) -> None:
    """Let no user into a site whose account is switched off, or about to be deleted.

    Their ``is_active`` is true, because they may sign in to restore the account. Called
    for the default site; call it for one of yours, too.
    """
    may_enter = site.has_permission

    def has_permission(request: HttpRequest) -> bool:
        return bool(may_enter(request)) and not lifecycle.has_left(request.user)

    site.has_permission = has_permission


def register() -> None:
    """Register the administration of the models in force, if they are ours.

    That of groups takes the place of Django's own, which would be a way around it.
    """
    refuse_leavers(admin.site)
    if new_accounts.has_address():
        own = added_fields(invitation_model(), AbstractInvitation)
        fields = (*InvitationAdmin.fields, *own)
        register_active(invitation_model(), InvitationAdmin, fields=fields)
    _register_users()


def _register_users() -> None:
    model: type[Model] = get_user_model()
    if not issubclass(model, AbstractAccount):
        return
    if issubclass(model, AbstractUser):
        options = _with_added(added_fields(model, AbstractUser))
    else:
        options = _without_address(model)
    register_active(model, UserAdmin, **options)
    known = admin.site.is_registered(Group)
    if known and type(admin.site.get_model_admin(Group)) is auth_admin.GroupAdmin:
        admin.site.unregister(Group)
        admin.site.register(Group, GroupAdmin)


def _with_added(added: Sequence[str]) -> dict[str, Any]:
    """Return the options of ``UserAdmin`` with the fields that a host has added."""
    own = ((None, {"fields": tuple(added)}),) if added else ()
    return {
        "fieldsets": (*UserAdmin.fieldsets, *own),
        "add_fieldsets": (*UserAdmin.add_fieldsets, *own),
    }


def _without_address(model: type[Model]) -> dict[str, Any]:
    """Return them for accounts by what their users sign in with."""
    name = str(get_user_model().USERNAME_FIELD)
    added = [it for it in added_fields(model, AbstractAccount) if it != name]
    options = _with_added(added)
    for given in options:
        (title, first), *others = options[given]
        renamed = tuple(name if it == "email" else it for it in first["fields"])
        options[given] = ((title, {**first, "fields": renamed}), *others)
    return options | {
        "list_display": (name, *UserAdmin.list_display[1:]),
        "sortable_by": (name,),
        "search_fields": (f"{name}__startswith",),
        "search_help_text": _("The beginning of what users sign in with, or an id."),
    }
