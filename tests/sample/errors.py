from http import HTTPStatus

from starterkit_core.errors import DomainError


class NameTaken(DomainError):
    """Another thing has this name."""

    code = "name_taken"
    message = "This name is taken."
    status = HTTPStatus.CONFLICT
