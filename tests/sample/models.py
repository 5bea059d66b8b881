from django.db import models

from starterkit_core.db.base_model import BaseModel


class Thing(BaseModel):
    name = models.CharField(max_length=40, unique=True)
    note = models.CharField(max_length=200, blank=True, null=True)  # noqa: DJ001

    def __str__(self):
        return self.name
