from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models

from starterkit_core.utils.emails import canonical_email


def validate_canonical(address: str) -> None:
    """Refuse an address that has no canonical form.

    Raises:
        ValidationError: with the message and code of Django's own validator.
    """
    try:
        canonical_email(address)
    except ValueError as error:
        raise ValidationError(validate_email.message, validate_email.code) from error


class EmailKeyField(models.CharField):  # type: ignore[type-arg]  # not at run time
    """The canonical form of the row's ``email``, computed whenever the key is saved.

    Django calls ``pre_save()`` in ``save()`` and in ``bulk_create()`` alike, so a key
    can be neither forgotten nor set by hand.
    """

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:  # noqa: FBT001  # Django's
        """Return the key of the address that is about to be saved.

        Raises:
            ValueError: ``email`` is not a valid address.
        """
        key = canonical_email(model_instance.email)  # type: ignore[attr-defined]  # see above
        setattr(model_instance, self.attname, key)
        return key
