from django.conf import settings
from django.db import models


class FormerPassword(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    encoded = models.CharField(max_length=128)

    def __str__(self):
        return str(self.user_id)
