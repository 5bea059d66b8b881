from uuid import uuid4

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models


def new_key():
    return f"mem-{uuid4()}"


class Member(AbstractBaseUser):
    key = models.CharField(primary_key=True, max_length=40, default=new_key)
    number = models.BigIntegerField(unique=True)
    contact = models.EmailField(unique=True)
    last_login = None

    USERNAME_FIELD = "number"
    EMAIL_FIELD = "contact"
    REQUIRED_FIELDS = ["contact"]

    objects = BaseUserManager()

    def __str__(self):
        return self.contact
