from starterkit_core.conf import AppSettings, Setting, positive


class NotesSettings(AppSettings):
    """The settings of this app."""

    namespace = "NOTES"

    MAX_NOTES = Setting(100, accepts=positive, expects="more than zero")
    """How many notes a user may keep."""


conf = NotesSettings()
