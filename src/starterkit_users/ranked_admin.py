"""Administrations of users and groups in which no right is given that the giver lacks.

Django's own let staff with the permission to change users make themselves superusers,
or set the password of one. Put ``RankedUserAdmin`` before the class that you have::

    class UserAdmin(RankedUserAdmin, django.contrib.auth.admin.UserAdmin): ...

It works with any user model. What an action of your own gives is not checked, but no
action runs on accounts that rank above the administrator, unless ``permissions`` of the
action is ``["view"]``.
"""

from collections.abc import Callable, Collection
from dataclasses import replace
from functools import wraps
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from starterkit_core.admin import WholeDeletions
from starterkit_core.db.databases import rows_of
from starterkit_core.http.client import client_of
from starterkit_users.services import roles
from starterkit_users.services.ranks import (
    FLAGS,
    Rank,
    is_last_superuser,
    is_superuser,
    leaves_superuser,
    rights_of,
)

ABOVE = _("This account or group has rights that you lack, so you cannot change it.")
LACKED = _("You cannot give rights that you lack.")
OWN = _("You cannot change your own rights.")
LAST = _("This is the last superuser who is active.")
NOT_HERE = _("You may not change this field: %(field)s.")
SELECTED_ABOVE = _("You selected a row with rights that you lack, so no row changed.")

RANK = "_starterkit_rank"
"""The attribute of a request that holds the rank of its user."""


class RankedAdmin(WholeDeletions):
    """What both administrations share; the model's rows are users or groups."""

    rights_fields: tuple[str, ...] = ()
    """The relations whose rows give permissions."""

    def rank_of(self, request: HttpRequest) -> Rank:
        """Return the rank of the administrator who sent this request."""
        if not hasattr(request, RANK):
            setattr(request, RANK, Rank(request.user))
        return cast("Rank", getattr(request, RANK))

    def is_above(self, request: HttpRequest, row: Model | None) -> bool:
        """Return whether a saved row has rights that the administrator lacks.

        Override it if your project ranks users by more than permissions.
        """
        return row is not None and self.rank_of(request).is_below(row)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse rows above: the form is read-only, and no password can be set."""
        allowed = super().has_change_permission(request, obj)
        return allowed and not self.is_above(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse rows above, one by one, in bulk and together with another object."""
        allowed = super().has_delete_permission(request, obj)
        return allowed and not self.is_above(request, obj)

    def formfield_for_manytomany(
        self, db_field: Any, request: Any = None, **kwargs: Any
    ) -> Any:
        """Offer the groups and permissions that the administrator may give."""
        field: Any = super().formfield_for_manytomany(db_field, request, **kwargs)
        if field is not None and db_field.name in self.rights_fields:
            field.queryset = self.rank_of(request).givable(field.queryset)
        return field

    def get_form(
        self, request: HttpRequest, obj: Any = None, *args: Any, **kwargs: Any
    ) -> Any:
        """Return the form of the page, with the checks of ``check_rank``."""
        form = super().get_form(request, obj, *args, **kwargs)
        return self._checking(request, form)

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> Any:
        """Return the form of a row in the list, with the same checks."""
        return self._checking(request, super().get_changelist_form(request, **kwargs))

    def get_actions(
        self, request: HttpRequest, action_location: Any = None
    ) -> dict[str, Any]:
        """Return the actions; none runs on a row above, unless it only reads.

        ``action_location`` is Django's, in versions whose forms have actions, too.
        """
        place = {} if action_location is None else {"action_location": action_location}
        actions: dict[str, Any] = super().get_actions(request, **place)
        return {name: _guarded(action) for name, action in actions.items()}

    def save_related(self, request: Any, form: Any, formsets: Any, change: Any) -> None:
        """Save them, and refuse all of it if a right was given that the giver lacks.

        This is for what no form of ours sees, such as an inline of the project. Django
        has opened a transaction, which is rolled back.

        Raises:
            PermissionDenied: Django's; the row has a right that the giver lacks.
        """
        rank, row = self.rank_of(request), form.instance
        before = rank.first_seen(row) if change else frozenset()
        super().save_related(request, form, formsets, change)
        if not rank.is_highest and rank.lacks(rights_of(row) - before):
            raise PermissionDenied(LACKED)

    def check_rank(self, request: HttpRequest, form: Any) -> None:
        """Add an error to the form for each change that the administrator may not make.

        The page of a row above takes no form, but the list does.
        """
        row = form.instance
        is_new = row._state.adding  # noqa: SLF001  # Django documents it
        if not is_new and form.has_changed() and self.is_above(request, row):
            form.add_error(None, ABOVE)

    def _checking(self, request: HttpRequest, form: Any) -> Any:
        """Return a subclass of ``form`` that also asks ``check_rank``."""

        def clean(bound: Any) -> Any:
            form.clean(bound)
            self.check_rank(request, bound)
            return bound.cleaned_data

        return type(form.__name__, (form,), {"clean": clean})


class RankedUserAdmin(RankedAdmin):
    """Users; no administrator gives rights they lack, nor touches who ranks above.

    Nor does one who is no superuser change their own rights, or the last active
    superuser leave.
    """

    rights_fields = ("groups", "user_permissions")

    own_rights: tuple[str, ...] = ("is_active", *FLAGS, *rights_fields)
    """The fields of their own account that no administrator but a superuser changes."""

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Add the rights that the administrator can give neither here nor at all."""
        fields = tuple(super().get_readonly_fields(request, obj))
        return (
            *fields,
            *(it for it in self._refused(request, obj) if it not in fields),
        )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse users above, and the last active superuser."""
        allowed = super().has_delete_permission(request, obj)
        return allowed and not (obj is not None and is_last_superuser(obj))

    def save_related(self, request: Any, form: Any, formsets: Any, change: Any) -> None:
        """Save them as ``RankedAdmin`` does, then tell which roles changed."""
        former = roles.roles_of(form.instance) if change else []
        super().save_related(request, form, formsets, change)
        client = client_of(request)
        roles.tell(form.instance, former, actor=request.user, client=client)

    def save_model(self, request: Any, obj: Any, form: Any, change: Any) -> None:
        """Save the user, unless that was the last active superuser, and is none now.

        The form has asked, too. But a list judges all of its rows before it saves the
        first, and before it opens the transaction.

        Raises:
            PermissionDenied: Django's; no active superuser would remain.
        """
        former = rows_of(type(obj)).filter(pk=obj.pk).first() if change else None
        steps_down = is_superuser(former) and not is_superuser(obj)
        if steps_down and not leaves_superuser([obj.pk]):
            raise PermissionDenied(LAST)
        super().save_model(request, obj, form, change)

    def check_selected(self, request: HttpRequest, keys: Collection[Any]) -> None:
        """Refuse to delete the selected users if no active superuser would remain.

        Raises:
            Overtaken: one of them is gone.
            PermissionDenied: Django's; every active superuser is selected.
        """
        if self.rank_of(request).is_highest and not leaves_superuser(keys):
            raise PermissionDenied(LAST)
        super().check_selected(request, keys)

    def check_rank(self, request: HttpRequest, form: Any) -> None:
        """Check the rights that the form has, and those that a request adds to it."""
        super().check_rank(request, form)
        self._check_last(form)
        for name in self._refused(request, form.instance):
            if name in form.changed_data:
                is_own = form.instance.pk == request.user.pk
                form.add_error(name, OWN if is_own else LACKED)
            elif name not in form.fields and form.add_prefix(name) in form.data:
                form.add_error(None, ValidationError(NOT_HERE, params={"field": name}))

    def _check_last(self, form: Any) -> None:
        wanted = (
            form.cleaned_data.get(it, True) for it in ("is_active", "is_superuser")
        )
        if not all(wanted) and is_last_superuser(form.instance):
            form.add_error(None, LAST)

    def _refused(self, request: HttpRequest, row: Model | None) -> list[str]:
        """Return the fields of this user that the administrator may not change."""
        rank = self.rank_of(request)
        if rank.is_highest:
            return []
        is_own = row is not None and row.pk == request.user.pk
        lacked = (it for it in FLAGS if rank.lacks(frozenset([it])))
        known = {field.name for field in self.opts.get_fields()}
        return [it for it in (self.own_rights if is_own else lacked) if it in known]


class RankedGroupAdmin(RankedAdmin):
    """Groups; no administrator puts a permission into one that they lack."""

    rights_fields = ("permissions",)


def _changes(call: Any) -> bool:
    """Return whether an action may change rows, by the permissions that it names."""
    return {*getattr(call, "allowed_permissions", ())} != {"view"}


def _guarded(action: Any) -> Any:
    """Return an action of Django that runs on no row above, unless it only reads.

    It is a tuple, or a dataclass in later versions of Django.
    """
    is_tuple = isinstance(action, tuple)
    call = action[0] if is_tuple else action.func
    if not _changes(call):
        return action
    if is_tuple:
        return (_refusing(call), *action[1:])
    return replace(action, func=_refusing(call))


def _refusing(call: Callable[..., Any]) -> Callable[..., Any]:
    """Return an action that refuses a selection with a row above."""

    @wraps(call)
    def refusing(
        model_admin: RankedAdmin, request: HttpRequest, queryset: "QuerySet[Any]"
    ) -> Any:
        if any(model_admin.is_above(request, row) for row in queryset):
            model_admin.message_user(request, SELECTED_ABOVE, messages.ERROR)
            return None
        return call(model_admin, request, queryset)

    return refusing
