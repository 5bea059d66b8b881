from django.apps import AppConfig


class DemoConfig(AppConfig):
    """What only a demo needs: the welcome page and the seed. Delete it in a project."""

    name = "example_project.demo"
