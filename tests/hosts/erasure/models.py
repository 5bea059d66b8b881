from django.db import models

from starterkit_auth.models import AbstractSession
from starterkit_terms.models import AbstractAcceptance
from starterkit_users.models import AbstractUser


class Company(models.Model):
    """Deleted with all its people."""

    def __str__(self):
        return str(self.pk)


class User(AbstractUser):
    company = models.ForeignKey(Company, models.CASCADE, null=True)


class Customer(User):
    """A proxy, as a host has one for each role."""

    class Meta:
        proxy = True


class Session(AbstractSession):
    class Meta(AbstractSession.Meta):
        pass


class Acceptance(AbstractAcceptance):
    class Meta(AbstractAcceptance.Meta):
        pass
