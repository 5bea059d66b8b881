"""Request body of PATCH v1/me/."""

from starterkit_users.v1.account_request import AccountFieldsRequest


class UpdateAccountRequest(AccountFieldsRequest):
    """The fields to change; a field left out keeps its value."""
