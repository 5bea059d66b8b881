from importlib import import_module

from starterkit_core.modules import ModuleConfig
from starterkit_core.ports import preferences


class SampleConfig(ModuleConfig):
    """A host's app with endpoints, small enough to test core with."""

    name = "tests.sample"
    label = "sample"
    mount = "sample"
    component_prefix = "Sample"

    def ready(self):
        preferences.register(
            preferences.Preference(key="sample.note", field=note, default="")
        )


def note():
    """Return the field of a preference; DRF is imported when it is asked for."""
    fields = import_module("starterkit_core.http.fields")
    return fields.TextField(max_length=100, allow_blank=True)
