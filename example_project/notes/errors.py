"""Refusals of this app.

DomainError
└── TooManyNotes  409  the person keeps as many notes as they may
"""

from http import HTTPStatus

from django.utils.translation import gettext_lazy as _

from starterkit_core.errors import DomainError


class TooManyNotes(DomainError):
    """The person keeps as many notes as they may."""

    code = "too_many_notes"
    message = _("You have no room for another note. Please delete one first.")
    status = HTTPStatus.CONFLICT
