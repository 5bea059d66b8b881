from typing import Any

from rest_framework import serializers

from starterkit_users.v1.invitations.serializers import STATES


class ListInvitationsFilters(serializers.Serializer[Any]):
    """What the list of invitations can be narrowed to."""

    state = serializers.ChoiceField(STATES, required=False)
