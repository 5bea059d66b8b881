"""A phone number, for projects that need one; needs the extra ``[phone]``."""

import re
from string import ascii_lowercase, digits
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.query_utils import DeferredAttribute
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from starterkit_users.conf import conf
from starterkit_users.utils.phones import LONGEST, canonical_phone

INVALID = _("Enter a phone number with its country, such as +5511961234567.")
TAKEN = _("Another account has this phone number.")

ERASED = "erased"
"""How the text begins that an erased account has in place of its number."""

FORM_ERASED = re.compile(rf"{ERASED}[a-z0-9]{{{LONGEST - len(ERASED)}}}")


class Phone(DeferredAttribute):
    """A number; another one, and not another spelling of it, is not verified."""

    def __set__(self, instance: Any, value: Any) -> None:
        values, name = vars(instance), self.field.attname
        is_other = (
            name in values
            and values[name] != value
            and not _is_same(values[name], value)
        )
        if is_other and "phone_verified_at" in values:
            instance.phone_verified_at = None
        values[name] = value


def _is_same(former: str, given: str) -> bool:
    region = conf.PHONE_REGION
    try:
        return canonical_phone(given, region) == canonical_phone(former, region)
    except (TypeError, ValueError):
        return False


def erased_phone() -> str:
    """Return what an erased account has where a number must be: none that exists."""
    return ERASED + get_random_string(LONGEST - len(ERASED), ascii_lowercase + digits)


def _stays(text: str | None) -> bool:
    """Return whether it is saved as it is: there is no number, or none any more."""
    return not text or bool(FORM_ERASED.fullmatch(text))


class PhoneField(models.CharField):  # type: ignore[type-arg]  # not at run time
    """A phone number, saved as E.164; forms take other spellings, too.

    It may be unique, and what users sign in with: see ``AbstractAccount``.
    """

    descriptor_class = Phone

    fills_itself = False
    """For core: ``pre_save()`` only rewrites the number that it is given."""

    def to_python(self, value: Any) -> Any:
        """Return the number as E.164; ``""`` and None stay.

        Raises:
            ValidationError: Django's; it is no valid number.
        """
        text = super().to_python(value)
        if not text:
            return text
        try:
            return canonical_phone(text, conf.PHONE_REGION)
        except ValueError as error:
            raise ValidationError(INVALID, code="invalid") from error

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:  # noqa: FBT001  # Django's
        """Return the number as E.164.

        Raises:
            ValueError: it is no valid number.
        """
        text = getattr(model_instance, self.attname)
        number = text if _stays(text) else canonical_phone(text, conf.PHONE_REGION)
        vars(model_instance)[self.attname] = number
        return number

    def get_prep_value(self, value: Any) -> Any:
        """Return the number as E.164 for a lookup; what is none is found nowhere.

        PostgreSQL refuses a NUL byte in a text, so another character stands for it.
        """
        try:
            return super().get_prep_value(value)
        except ValidationError:
            return str(value).replace("\0", "\ufffd")

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        """Return the number as E.164, also for ``update()`` of a queryset.

        Raises:
            ValueError: it is no valid number.
        """
        if isinstance(value, str) and not _stays(value):
            value = canonical_phone(value, conf.PHONE_REGION)
        return super().get_db_prep_save(value, connection)


class VerifiedPhoneField(models.CharField):  # type: ignore[type-arg]  # not at run time
    """The row's ``phone`` once it is verified, else NULL."""

    def pre_save(self, model_instance: Any, add: bool) -> Any:  # noqa: FBT001  # Django's
        """Return the number, if there is one and it is verified."""
        is_verified = model_instance.phone and model_instance.phone_verified_at
        number = model_instance.phone if is_verified else None
        setattr(model_instance, self.attname, number)
        return number


class PhoneMixin(models.Model):
    """A phone number, which one account at most has verified; ``""``: there is none.

    Put it before ``AbstractUser``. How a number is verified is the project's: save
    ``phone_verified_at`` then. Assigning another number resets it.
    """

    phone = PhoneField(_("phone number"), max_length=LONGEST, blank=True)
    phone_verified_at = models.DateTimeField(
        _("phone number verified at"), null=True, blank=True, editable=False
    )
    verified_phone = VerifiedPhoneField(
        _("verified phone number"),
        max_length=LONGEST,
        unique=True,
        null=True,
        editable=False,
        error_messages={"unique": TAKEN},
    )

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the row; ``update_fields`` with the number saves all that follows."""
        fields = kwargs.get("update_fields")
        if fields is not None and {"phone", "phone_verified_at"} & {*fields}:
            ours = {"phone", "phone_verified_at", "verified_phone"}
            kwargs["update_fields"] = {*fields, *ours}
        super().save(*args, **kwargs)
