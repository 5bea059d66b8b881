"""Whom a document is for: everybody, or those whom a policy of the host names.

``AUDIENCES`` maps the name of an audience to the dotted path of its policy, a callable
that takes a user and returns whether the user belongs to it. A policy that fails, and a
name without a policy, count as belonging: so the gate asks for one document too many
rather than too few, and the user may accept it.
"""

import logging
from collections.abc import Callable
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils.module_loading import import_string

from starterkit_terms.conf import conf

logger = logging.getLogger("starterkit.terms")

EVERYBODY = ""
"""The audience of a document that names none."""


class Membership:
    """The audiences of one user: each policy is asked once, when it is needed.

    Keep one for one decision, so that a policy whose answer changes meanwhile cannot
    make two halves of it disagree.
    """

    def __init__(self, user: AbstractBaseUser) -> None:
        self._user = user
        self._answers = {EVERYBODY: True}

    def covers(self, audience: str) -> bool:
        """Return whether a document for ``audience`` is for this user."""
        if audience not in self._answers:
            self._answers[audience] = _belongs(self._user, audience)
        return self._answers[audience]


def is_for(user: AbstractBaseUser, document: Any) -> bool:
    """Return whether ``document`` is for ``user``; no query but those of the policy."""
    return Membership(user).covers(document.audience)


def _belongs(user: AbstractBaseUser, audience: str) -> bool:
    try:
        policy: Callable[[Any], object] = import_string(conf.AUDIENCES[audience])
        return bool(policy(user))
    except Exception:
        logger.exception("The policy of the audience %r fails: it counts.", audience)
        return True
