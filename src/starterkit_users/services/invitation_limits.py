"""Rate limits on the mails of invitations, and on accepting them."""

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_core.addresses import canonical_email
from starterkit_core.services.limits import Limit, consume, consume_all
from starterkit_core.utils.client import Client
from starterkit_core.utils.client_address import network_of
from starterkit_users.conf import conf


def count_mail(address: str, actor: AbstractBaseUser) -> None:
    """Count one mail to ``address`` by an administrator.

    Raises:
        RateLimited: too many to this address, or by this administrator.
        ServiceUnavailable: the cache that counts is down.
    """
    to = Limit.parse("invitation.address", conf.INVITATION_ADDRESS_LIMIT)
    by = Limit.parse("invitation.actor", conf.INVITATION_ACTOR_LIMIT)
    consume_all([(to, canonical_email(address)), (by, str(actor.pk))])


def count_try(client: Client) -> None:
    """Count one try to accept an invitation, from the network of ``client``.

    Raises:
        RateLimited: too many from this network.
        ServiceUnavailable: the cache that counts is down.
    """
    network = Limit.parse("invitation.network", conf.INVITATION_NETWORK_LIMIT)
    consume(network, network_of(client.address))
