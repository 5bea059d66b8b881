from django.contrib.auth.models import AbstractUser
from django.core.validators import RegexValidator
from django.db import models


class Member(AbstractUser):
    username = models.CharField(
        max_length=15, unique=True, validators=[RegexValidator(r"^[a-z][a-z0-9]*\Z")]
    )
    email = models.EmailField(max_length=60)
