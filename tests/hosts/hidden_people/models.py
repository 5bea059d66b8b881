from contextvars import ContextVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models

closed_tenant = ContextVar("closed_tenant", default=None)
"""The people of this tenant are not shown in this request."""


class PersonManager(UserManager):
    use_in_migrations = True

    def get_queryset(self):
        shown = super().get_queryset().filter(deleted_at=None)
        return shown.exclude(tenant=closed_tenant.get())


class Person(AbstractUser):
    email = models.EmailField()
    tenant = models.CharField(max_length=20, default="north")
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = PersonManager()
    everyone = models.Manager()
