"""Refusals of this module.

DomainError
├── AccountDeactivated     403  the account is switched off until the next sign-in
├── AdminExists            409  there is an administrator already
├── AlreadyInvited         409  there is an invitation for this address
├── CountDiffers           409  the filters find another number of users by now
├── DeletionScheduled      403  the account will be deleted, if its owner does not act
├── ExportGone             410  the file of the export was downloaded or has expired
├── ExportNotFound         404  the user has no such export
├── ExportNotReady         409  the file of the export is being made, or could not be
├── FileMalformed          400  an uploaded file is no CSV
├── FileNotText            400  an uploaded file is no text in UTF-8
├── HigherRank             403  the user has rights that the actor lacks
├── ImpersonationNotFound  404  the actor does not act as this user
├── InvalidInvitation      400  this token is not valid (any more)
├── InvalidPicture         400  this is no picture of an accepted type, or it is damaged
├── InvitationEnded        409  it was accepted or revoked
├── InvitationNotFound     404  there is no such invitation
├── JobNotFound            404  there is no such bulk act or import of the actor
├── LastSuperuser          409  no other superuser is active
├── NotBelowRank           403  the user has all rights of the actor, or others
├── NotChangeable          409  an import would change what it may not
├── OwnAccount             409  administrators do not do this to themselves
├── OwnRights              403  an actor who is no superuser changes their own rights
├── PictureTooLarge        400  the picture has too many pixels
├── PreferencesTooLarge    400  all preferences of a user together are too large
├── RepeatedRow            409  another row of the import has the same key
├── RightsLacked           403  the actor gives or takes rights that they lack
├── TooManyUsers           400  a bulk act is about more users than it takes
├── UnknownPermission      400  a declared role has a permission that is not saved
├── UnknownRole            400  there is no such role
├── UnknownSection         400  no module adds this section to an account
├── UnsafeText             400  a cell has control characters
├── UserExists             409  another account has this address, or another such value
├── UserNotFound           404  there is no such user
├── WrongColumns           400  an uploaded file lacks columns, or has one twice
└── WrongStatus            409  the account is in a state in which this makes no sense
"""

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from starterkit_core.errors import DomainError


class AccountDeactivated(DomainError):
    """The owner has switched the account off; the next sign-in switches it on."""

    code = "account_deactivated"
    message = _("Your account is switched off. Restore it to go on.")
    status = HTTPStatus.FORBIDDEN


class AdminExists(DomainError):
    """The project has an active superuser already."""

    code = "admin_exists"
    message = _("There is an administrator already.")
    status = HTTPStatus.CONFLICT


class AlreadyInvited(DomainError):
    """The address has an invitation, perhaps an expired one; it can be sent again.

    ``facts["invitation"]`` is its id.
    """

    code = "already_invited"
    message = _("There is an invitation for this address. Send it again.")
    status = HTTPStatus.CONFLICT
    example = MappingProxyType({"invitation": "0199f0a3-c5b8-7d7e-8a41-f0c2d3e4f5a7"})


class CountDiffers(DomainError):
    """The filters find another number of users than the request counted."""

    code = "count_differs"
    message = _("There are more or fewer such users by now. Look at them again.")
    status = HTTPStatus.CONFLICT
    example = MappingProxyType({"count": 57})


class DeletionScheduled(DomainError):
    """The account will be deleted; facts: ``at``, when, in UTC."""

    code = "deletion_scheduled"
    message = _("Your account will be deleted. Restore it to go on.")
    status = HTTPStatus.FORBIDDEN
    example: ClassVar[Mapping[str, Any]] = {"at": "2026-12-10T09:30:00Z"}


class ExportGone(DomainError):
    """The file was downloaded or replaced, or waited for too long."""

    code = "export_gone"
    message = _("This file is gone. Please ask for a new export.")
    status = HTTPStatus.GONE


class ExportNotFound(DomainError):
    """No export of the user has this id."""

    code = "export_not_found"
    message = _("There is no such export.")
    status = HTTPStatus.NOT_FOUND


class ExportNotReady(DomainError):
    """The file is still being made, or it could not be made."""

    code = "export_not_ready"
    message = _("This export has no file yet.")
    status = HTTPStatus.CONFLICT


class FileMalformed(DomainError):
    """An uploaded file is no CSV; ``line`` is where that shows."""

    code = "file_malformed"
    message = _("This file is no CSV.")
    example = MappingProxyType({"line": 3})


class FileNotText(DomainError):
    """An uploaded file is no text in UTF-8, or has NUL characters."""

    code = "file_not_text"
    message = _("This file is no text in UTF-8. Save it as CSV UTF-8.")


class HigherRank(DomainError):
    """The user whom the act is about has a right that the actor lacks."""

    code = "higher_rank"
    message = _("This user has rights that you lack.")
    status = HTTPStatus.FORBIDDEN


class ImpersonationNotFound(DomainError):
    """The administrator does not act as this user, or there is no such user."""

    code = "impersonation_not_found"
    message = _("You do not act as this user.")
    status = HTTPStatus.NOT_FOUND


class InvalidInvitation(DomainError):
    """The token is unknown, used, revoked, replaced or too old: one answer for all."""

    code = "invalid_invitation"
    message = _("This invitation is not valid any more. Please ask for a new one.")


class InvalidPicture(DomainError):
    """What was uploaded is no JPEG, PNG, WebP or GIF, or a damaged one."""

    code = "invalid_picture"
    message = _("Please choose a picture: JPEG, PNG, WebP or GIF.")


class InvitationEnded(DomainError):
    """The invitation was accepted or revoked, or its account is in use."""

    code = "invitation_ended"
    message = _("This invitation was accepted or revoked.")
    status = HTTPStatus.CONFLICT


class InvitationNotFound(DomainError):
    """No invitation has this id."""

    code = "invitation_not_found"
    message = _("There is no such invitation.")
    status = HTTPStatus.NOT_FOUND


class JobNotFound(DomainError):
    """The actor has started no bulk act or import with this id."""

    code = "job_not_found"
    message = _("There is no such bulk act or import of yours.")
    status = HTTPStatus.NOT_FOUND


class LastSuperuser(DomainError):
    """Without this user, the project would have no active superuser."""

    code = "last_superuser"
    message = _("This is the last superuser who is active.")
    status = HTTPStatus.CONFLICT


class NotBelowRank(DomainError):
    """The actor has no more rights than the user: a peer, a chief, or the same user."""

    code = "not_below_rank"
    message = _("You can do this to users with fewer rights than yours only.")
    status = HTTPStatus.FORBIDDEN


class NotChangeable(DomainError):
    """A row of an import would change a value that only its owner changes."""

    code = "not_changeable"
    message = _("An import does not change this value of an account.")
    status = HTTPStatus.CONFLICT


class OwnAccount(DomainError):
    """Administrators do not do this to their own account."""

    code = "own_account"
    message = _("You cannot do this to your own account here.")
    status = HTTPStatus.CONFLICT


class OwnRights(DomainError):
    """Administrators do not change their own rights, unless they are superusers."""

    code = "own_rights"
    message = _("You cannot change your own rights.")
    status = HTTPStatus.FORBIDDEN


class PictureTooLarge(DomainError):
    """The picture has more pixels than ``facts["max_pixels"]``."""

    code = "picture_too_large"
    message = _("This picture has too many pixels. Please choose a smaller one.")
    example = MappingProxyType({"max_pixels": 25_000_000})


class PreferencesTooLarge(DomainError):
    """All preferences of a user together would be larger than 16 KB."""

    code = "preferences_too_large"
    message = _("These are too many preferences, or too long ones.")


class RepeatedRow(DomainError):
    """An earlier row of the same import is about the same user."""

    code = "repeated_row"
    message = _("An earlier row is about the same user.")
    status = HTTPStatus.CONFLICT


class RightsLacked(DomainError):
    """The actor gives or takes rights that they lack; ``roles`` has keys of roles."""

    code = "rights_lacked"
    message = _("You cannot give rights that you lack.")
    status = HTTPStatus.FORBIDDEN
    example = MappingProxyType({"roles": ["support"]})


class TooManyUsers(DomainError):
    """A bulk act is about more users than it takes; ``most`` is how many it takes."""

    code = "too_many_users"
    message = _("These are too many users at once. Narrow the filters.")
    example = MappingProxyType({"most": 10_000})


class UnknownPermission(DomainError):
    """A declared role has permissions that are not saved; ``permissions`` are those."""

    code = "unknown_permission"
    message = _("There are no such permissions.")


class UnknownRole(DomainError):
    """No role has one of these keys; ``roles`` are those."""

    code = "unknown_role"
    message = _("There is no such role.")
    example = MappingProxyType({"roles": ["suport"]})


class UnknownSection(DomainError):
    """No module of this project adds a section with this name to an account."""

    code = "unknown_section"
    message = _("An account has no such section.")


class UnsafeText(DomainError):
    """A cell of an import has control characters."""

    code = "unsafe_text"
    message = _("Use plain text without control characters.")


class UserExists(DomainError):
    """Another account has a value that must be unique; ``facts["fields"]`` names it."""

    code = "user_exists"
    message = _("Another account has these values.")
    status = HTTPStatus.CONFLICT
    example = MappingProxyType({"fields": ["email"]})


class UserNotFound(DomainError):
    """No user has this id."""

    code = "user_not_found"
    message = _("There is no such user.")
    status = HTTPStatus.NOT_FOUND


class WrongColumns(DomainError):
    """The first line of an uploaded file does not fit; the facts say why."""

    code = "wrong_columns"
    message = _("The first line of the file must name the right columns, each once.")
    example = MappingProxyType({"missing": ["email"], "repeated": [], "unknown": []})


class WrongStatus(DomainError):
    """The state of the account does not allow this; facts: ``account_status``."""

    code = "wrong_status"
    message = _("The account is in a state that does not allow this.")
    status = HTTPStatus.CONFLICT
    example: ClassVar[Mapping[str, Any]] = {"account_status": "invited"}
