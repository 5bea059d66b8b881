from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models


class Member(AbstractUser):
    phone = models.CharField(
        max_length=20, unique=True, validators=[RegexValidator(r"^\+\d+\Z")]
    )
    branch = models.IntegerField()
    since = models.DateField(auto_now_add=True)

    class Meta(AbstractUser.Meta):
        constraints = [
            models.UniqueConstraint(fields=["last_name", "branch"], name="one_name")
        ]

    def save(self, *args, **kwargs):
        self.clean()
        super().save(*args, **kwargs)

    def clean(self):
        super().clean()
        if self.first_name == "Eve":
            raise ValidationError({"first_name": "Not Eve."}, code="eve")
        if self.last_name == "Closed":
            raise ValidationError("This is closed.", code="closed")
