from django.utils.translation import gettext_lazy as _

from starterkit_core.modules import ModuleConfig


class UsersConfig(ModuleConfig):
    """The account as a record."""

    name = "starterkit_users"
    verbose_name = _("users")
    mount = "users"
    component_prefix = "Users"

    def ready(self) -> None:
        """Answer for what the account holds about a person."""
        # Models can be imported from here on, not before.
        from starterkit_core.ports import personal_data  # noqa: PLC0415
        from starterkit_users.personal_data import AccountData  # noqa: PLC0415

        personal_data.register(AccountData())
