"""The fixtures come from the plugin that hosts use, and in the way they load it."""

pytest_plugins = ["starterkit_core.testing.plugin"]
