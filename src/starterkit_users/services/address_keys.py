"""The keys of addresses that a change of the project's rule concerns."""

from django.contrib.auth import get_user_model

from starterkit_core.db.address_keys import AddressKeys
from starterkit_core.ports import address_keys
from starterkit_users.models.email_key import EmailKeyField
from starterkit_users.models.key import key_fields


def register() -> None:
    """Register these columns at core's ``address_keys`` port."""
    address_keys.register("starterkit_users", all_keys)


def all_keys() -> list[AddressKeys]:
    """Return the columns of the user model; none if it has no key of ours."""
    model = get_user_model()
    return [
        AddressKeys(model=model, address=field.source, key=field.attname)
        for field in key_fields(model)
        if isinstance(field, EmailKeyField)
    ]
