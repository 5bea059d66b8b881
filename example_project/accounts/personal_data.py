from django.contrib.auth.base_user import AbstractBaseUser

from example_project.accounts.models import Customer
from starterkit_core.ports import personal_data


class CustomerOfAPerson:
    """What a user told us at sign-up."""

    name = "customer"
    models: tuple[str, ...] = ("accounts.Customer",)

    def export(self, user: AbstractBaseUser) -> dict[str, str]:
        """Return the company, or ``{}``."""
        customer = Customer.objects.filter(user_id=user.pk).first()
        return {"company": customer.company} if customer else {}

    def erase(self, user: AbstractBaseUser) -> None:
        """Delete it."""
        Customer.objects.filter(user_id=user.pk).delete()


def register() -> None:
    """Register the provider in core's port."""
    personal_data.register(CustomerOfAPerson())
