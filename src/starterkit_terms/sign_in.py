"""Taking over what a visitor did at a sign-in, whichever way the project signs in."""

import logging
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest

from starterkit_core.db.databases import open_transaction, transaction_of
from starterkit_core.http.client import client_of
from starterkit_terms.services import visitors
from starterkit_terms.use_cases.bind_visitor import BindVisitor, BindVisitorInput

logger = logging.getLogger("starterkit.terms")


def bind(
    sender: Any, user: AbstractBaseUser, request: HttpRequest | None = None, **_: Any
) -> None:
    """Bind the visitor whose token is in the header.

    A failure is logged: no sign-in fails because of it, and the token stays good.
    """
    token = request.headers.get(visitors.HEADER, "") if request else ""
    if not token or request is None:
        return
    try:
        with _of_its_own():
            BindVisitor.execute(
                BindVisitorInput(user=user, token=token, client=client_of(request))
            )
    except Exception:
        logger.exception("What a visitor did could not be bound to an account.")


def _of_its_own() -> AbstractContextManager[None]:
    """Return a savepoint within a transaction, which a failure would undo as well."""
    database = open_transaction()
    return transaction_of(database) if database else nullcontext()


def register() -> None:
    """Listen to each sign-in."""
    user_logged_in.connect(bind, dispatch_uid="starterkit_terms.sign_in")
