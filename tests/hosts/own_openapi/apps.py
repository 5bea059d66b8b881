from importlib import import_module

from django.apps import AppConfig


class ShopConfig(AppConfig):
    name = "tests.hosts.own_openapi"
    label = "shop"

    def ready(self):
        import_module("tests.hosts.own_openapi.schemes")
