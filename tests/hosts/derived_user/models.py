from django.contrib.auth.models import AbstractUser
from django.db import models


class Account(AbstractUser):
    """The table that the user model inherits its columns from."""


class Member(Account):
    nickname = models.CharField(max_length=20, blank=True)
