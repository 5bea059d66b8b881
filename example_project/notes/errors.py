"""Refusals of this app.

DomainError
└── TooManyNotes  409  the user has the maximum number of notes
"""

from http import HTTPStatus

from django.utils.translation import gettext_lazy as _

from starterkit_core.errors import DomainError


class TooManyNotes(DomainError):
    """The user has the maximum number of notes."""

    code = "too_many_notes"
    message = _("You have no room for another note. Please delete one first.")
    status = HTTPStatus.CONFLICT
