"""The way back to a former address.

Who takes an account over changes its address first, so the former one is told, and gets
a link that undoes the change. It works for ``EMAIL_REVERSAL_LIFETIME``, whatever else
happens to the account: another password or a further change does not void it.

Only an address that was proven gets the link. Anything else might be a mistake, and
then its reader is a stranger.

Going back voids the links of all addresses since, so of two people who undo each other
the one who had the account first stays.
"""

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils import timezone

from starterkit_auth.conf import conf
from starterkit_auth.mails import EmailChangedMail
from starterkit_auth.models import Challenge
from starterkit_auth.services import challenges
from starterkit_auth.services.challenges import EMAIL_REVERSAL
from starterkit_core.ports.client import Client
from starterkit_core.utils.emails import canonical_email


def tell(user: AbstractBaseUser, former: str, client: Client, *, undo: bool) -> None:
    """Mail the ``former`` address that it is one; with ``undo``, how to go back."""
    challenge = challenges.add_challenge(user, former, EMAIL_REVERSAL, target=former)
    if not undo:
        void_since(challenge)
    mail = EmailChangedMail(challenge_id=str(challenge.pk), language=client.language)
    if "email_changed" in conf.SECURITY_MAILS:
        mail.send_later()


def way_back_to(user: AbstractBaseUser, address: str) -> Challenge | None:
    """Return the link that brings ``user`` back to ``address``, if it still works."""
    open_ones = Challenge.objects.with_link_at(timezone.now())
    own = open_ones.filter(user_id=user.pk, purpose=EMAIL_REVERSAL)
    return own.filter(address_key=canonical_email(address)).order_by("id").first()


def void_since(challenge: Challenge) -> None:
    """Void this way back and all later ones; ids are ordered by time."""
    now = timezone.now()
    own = Challenge.objects.filter(user_id=challenge.user_id, purpose=EMAIL_REVERSAL)
    since = own.filter(pk__gte=challenge.pk).open()
    since.update(superseded_at=now, updated_at=now)
