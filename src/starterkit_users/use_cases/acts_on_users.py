"""What the acts on the account of another user share."""

from typing import Any, TypeVar

from starterkit_core.use_cases import Input, UseCase
from starterkit_users.services import ranks

InputT = TypeVar("InputT", bound=Input)
OutputT = TypeVar("OutputT")


class ActOnOther(UseCase[InputT, OutputT]):
    """An act on another account than the own one; its input has user_id and actor."""

    input: Any

    def lock_user(self) -> Any:
        """Return the user as saved, locked until the transaction ends.

        Raises:
            UserNotFound: there is none, or the account was erased.
        """
        return ranks.lock_subject(self.input.user_id)

    def check_actor(self, user: Any) -> None:
        """Refuse an actor who is the user, or ranks below.

        Raises:
            OwnAccount: it is the actor.
            HigherRank: the user has a right that the actor lacks.
        """
        ranks.require_other(self.input.actor, user)
        ranks.require_rank(self.input.actor, user)
