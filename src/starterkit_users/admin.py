"""Users in Django's administration.

Registered for the user model if it is ours or builds on ours, unless the host's own
``admin`` module registers another class for it.
"""

from typing import Any

from django.contrib import admin
from django.contrib.auth import admin as auth_admin
from django.contrib.auth import forms, get_user_model
from django.contrib.auth.models import Group
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from starterkit_core.admin import (
    BoundedAdmin,
    CountedActions,
    added_fields,
    register_active,
)
from starterkit_users.models import AbstractUser, User
from starterkit_users.ranked_admin import RankedGroupAdmin, RankedUserAdmin


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


class UserAdmin(RankedUserAdmin, BoundedAdmin, auth_admin.UserAdmin):
    """Accounts by address; works with any number of them."""

    form = UserChangeForm
    add_form = UserCreationForm
    list_display = ("email", "first_name", "last_name", "is_staff", "is_active")
    list_filter = ("is_staff", "is_superuser", "is_active")
    ordering = ("-id",)  # ids are ordered by time
    sortable_by = ("email",)
    search_fields = ("email_key__startswith",)
    search_help_text = _("The beginning of an email address.")
    readonly_fields = ("created_at", "updated_at", "last_login")
    fieldsets = (
        (None, {"fields": ("email", "password")}),
        (_("Personal info"), {"fields": ("first_name", "last_name")}),
        (
            _("Permissions"),
            {
                "fields": (
                    "is_active",
                    "is_staff",
                    "is_superuser",
                    "groups",
                    "user_permissions",
                )
            },
        ),
        (_("Dates"), {"fields": ("last_login", "created_at", "updated_at")}),
    )
    add_fieldsets = (
        (None, {"fields": ("email", "usable_password", "password1", "password2")}),
    )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Search for the beginning of the key, which an index serves."""
        return super().get_search_results(request, queryset, search_term.casefold())


class GroupAdmin(RankedGroupAdmin, CountedActions, auth_admin.GroupAdmin):
    """Django's administration of groups; no right is given that the giver lacks."""


def register() -> None:
    """Register the administration of the user model, if it is one of ours.

    That of groups takes the place of Django's own, which would be a way around it.
    """
    model: type[Model] = get_user_model()
    if not issubclass(model, AbstractUser):
        return
    added = added_fields(model, AbstractUser)
    own = ((None, {"fields": added}),) if added else ()
    register_active(
        model,
        UserAdmin,
        fieldsets=(*UserAdmin.fieldsets, *own),
        add_fieldsets=(*UserAdmin.add_fieldsets, *own),
    )
    known = admin.site.is_registered(Group)
    if known and type(admin.site.get_model_admin(Group)) is auth_admin.GroupAdmin:
        admin.site.unregister(Group)
        admin.site.register(Group, GroupAdmin)
