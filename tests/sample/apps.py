from starterkit_core.modules import ModuleConfig


class SampleConfig(ModuleConfig):
    """A host's app with endpoints, small enough to test core with."""

    name = "tests.sample"
    label = "sample"
    mount = "sample"
    component_prefix = "Sample"
