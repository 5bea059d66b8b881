from django.apps import AppConfig


class HostConfig(AppConfig):
    """A host that swaps every swappable model; its label sorts last on purpose.

    A dependency that a migration of ours forgets is hidden by any label before ours.
    """

    name = "tests.zz_host"
    label = "zz_host"
    default_auto_field = "django.db.models.BigAutoField"
