"""Read the receipt of something that I accepted or consented to."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_core.use_cases import Input, UseCase
from starterkit_terms.errors import AcceptanceNotFound
from starterkit_terms.models import AbstractAcceptance, VersionText, acceptance_model


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadReceiptInput(Input):
    """The user, and which act of theirs."""

    user: AbstractBaseUser
    acceptance_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """An act and the text that it was about."""

    act: AbstractAcceptance
    text: VersionText


class ReadReceipt(UseCase[ReadReceiptInput, Receipt]):
    """Return an act of the user with the text that was shown; two queries.

    Raises:
        AcceptanceNotFound: the user has no act with this id.
    """

    raises = (AcceptanceNotFound,)
    atomic = False

    def run(self) -> Receipt:
        act = self.find_act()
        return Receipt(act=act, text=self.find_text(act))

    def find_act(self) -> AbstractAcceptance:
        """Return the act.

        Raises:
            AcceptanceNotFound: there is none with this id, or it is another user's.
        """
        mine = acceptance_model().objects.of(self.input.user)
        rows = mine.select_related("version__document")
        act: AbstractAcceptance | None = rows.filter(
            pk=self.input.acceptance_id
        ).first()
        if act is None:
            raise AcceptanceNotFound
        return act

    def find_text(self, act: AbstractAcceptance) -> VersionText:
        """Return the text that was shown; texts of published versions stay."""
        texts = VersionText.objects.filter(version=act.version_id)
        text: VersionText = texts.get(locale=act.locale)
        return text
