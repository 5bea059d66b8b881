from django.apps import AppConfig


class DemoConfig(AppConfig):
    """The welcome page and the seed, for demos only. Delete it in a project."""

    name = "example_project.demo"
