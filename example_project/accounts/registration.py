"""Our sign-up: one more field in the request, and one step that stores it.

``STARTERKIT_OVERRIDES`` puts both in the place of the module's own.
"""

from django.contrib.auth.base_user import AbstractBaseUser
from typing_extensions import override

from example_project.accounts.models import COMPANY_MAX_LENGTH, Customer
from starterkit_auth.use_cases.create_account import CreateAccount
from starterkit_auth.v1.registration.post.serializers import RegisterRequest
from starterkit_core.http.fields import LineField


class RegisterCustomerRequest(RegisterRequest):
    """Asks for the company as well."""

    company = LineField(max_length=COMPANY_MAX_LENGTH, default="", allow_blank=True)


class CreateCustomer(CreateAccount):
    """Creates a customer for every new account."""

    @override
    def save_account(self, user: AbstractBaseUser) -> None:
        """Save the customer in the transaction that creates the account."""
        super().save_account(user)
        Customer.objects.update_or_create(
            user_id=user.pk, defaults={"company": self.input.extra["company"]}
        )
