from django.utils.translation import gettext_lazy as _

from starterkit_users.models import AbstractAccount, PhoneField


class Caller(AbstractAccount):
    phone = PhoneField(_("phone number"), max_length=16, unique=True)

    USERNAME_FIELD = "phone"

    class Meta(AbstractAccount.Meta):
        pass
