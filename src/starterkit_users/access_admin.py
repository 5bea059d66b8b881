"""Actions of the administration on sessions, passwords and addresses of users.

They run the use cases of the API, and are there where a module answers core's port.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from starterkit_core.errors import DomainError
from starterkit_core.http.client import client_of
from starterkit_core.ports import account_access
from starterkit_users.v1.users.user_id.password_reset.post.use_case import (
    SendUserPasswordReset,
    SendUserPasswordResetInput,
)
from starterkit_users.v1.users.user_id.sessions.delete.use_case import (
    EndUserSessions,
    EndUserSessionsInput,
)
from starterkit_users.v1.users.user_id.verification.put.use_case import (
    VerifyUser,
    VerifyUserInput,
)

ACTIONS = ("end_sessions", "send_password_reset", "verify_address")


class AccessActions(admin.ModelAdmin):  # type: ignore[type-arg]  # of any user model
    """Ends sessions, makes users set a password, and marks addresses as verified."""

    actions: Any = ACTIONS

    def get_actions(
        self, request: HttpRequest, action_location: Any = None
    ) -> dict[str, Any]:
        """Return the actions; ours only where a module answers.

        ``action_location`` is Django's, in versions whose forms have actions, too.
        """
        place = {} if action_location is None else {"action_location": action_location}
        found: dict[str, Any] = super().get_actions(request, **place)
        absent = () if account_access.available() else ACTIONS
        return {name: found[name] for name in found if name not in absent}

    @admin.action(description=_("End all sessions"), permissions=["change"])
    def end_sessions(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Sign the selected users out everywhere."""

        def end(facts: dict[str, Any]) -> None:
            EndUserSessions.execute(EndUserSessionsInput(**facts))

        act_on_each(self, request, queryset, end)

    @admin.action(description=_("Make set a new password"), permissions=["change"])
    def send_password_reset(
        self, request: HttpRequest, queryset: QuerySet[Any]
    ) -> None:
        """Mail a link to the selected users; their former password is void."""

        def send(facts: dict[str, Any]) -> None:
            SendUserPasswordReset.execute(SendUserPasswordResetInput(**facts))

        act_on_each(self, request, queryset, send)

    @admin.action(description=_("Mark address as verified"), permissions=["change"])
    def verify_address(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Save that the selected users read the mail of their address."""

        def verify(facts: dict[str, Any]) -> None:
            VerifyUser.execute(VerifyUserInput(**facts))

        act_on_each(self, request, queryset, verify)


def act_on_each(
    page: "admin.ModelAdmin[Any]",
    request: HttpRequest,
    users: Iterable[Any],
    act: Callable[[dict[str, Any]], None],
) -> None:
    """Act on each user, and say how many there were and who was refused.

    ``act`` gets what the input of each use case on a user has: ``user_id``, ``actor``
    and ``client``.
    """
    done, facts = 0, {"actor": request.user, "client": client_of(request)}
    for user in users:
        try:
            act({"user_id": str(user.pk), **facts})
            done += 1
        except DomainError as refusal:
            page.message_user(request, f"{user}: {refusal.message}", messages.ERROR)
    text = ngettext("%d user was processed.", "%d users were processed.", done)
    page.message_user(request, text % done, messages.SUCCESS)
