"""Mails the link that deletes an account, for the page."""

from dataclasses import dataclass

from starterkit_core.addresses import canonical_email
from starterkit_core.errors import RateLimited
from starterkit_core.services.limits import Limit, consume, consume_all
from starterkit_core.services.tasks import enqueue_after_commit, task
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import Client
from starterkit_core.utils.client_address import network_of
from starterkit_users.conf import conf
from starterkit_users.mails.deletions import DeletionRequestedMail
from starterkit_users.services import lifecycle, user_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestDeletionInput(Input):
    """The address of the account; it is a valid one."""

    email: str
    client: Client


class RequestDeletion(UseCase[RequestDeletionInput, None]):
    """Mail a link to the owner of each account with this address.

    Whether there is one is looked up by a task, so response and work are the same for
    every address.

    Raises:
        RateLimited: too many requests from this network.
    """

    raises = (RateLimited,)

    may_send: bool
    """Whether this address may get a mail."""

    def prepare(self) -> None:
        self.check_limits()
        self.may_send = self.may_send_mail()

    def run(self) -> None:
        if self.may_send:
            self.send_later()

    def check_limits(self) -> None:
        """Count the request by network, not by address."""
        network = Limit.parse("deletion.network", conf.DELETION_NETWORK_LIMIT)
        consume(network, network_of(self.input.client.address))

    def may_send_mail(self) -> bool:
        """Count the mail, and return whether this address may get it."""
        address = Limit.parse("deletion.address", conf.DELETION_ADDRESS_LIMIT)
        try:
            consume_all([(address, canonical_email(self.input.email))])
        except RateLimited:
            return False
        return True

    def send_later(self) -> None:
        """Look the address up in a task."""
        given = self.input
        enqueue_after_commit(mail_links, given.email, given.client.language)


@task
def mail_links(email: str, language: str) -> None:
    """Mail a link to the owner of each account that has this address."""
    for user in user_rows.with_address(email):
        if lifecycle.may_leave(user):
            DeletionRequestedMail(user_id=str(user.pk), language=language).send_later()
