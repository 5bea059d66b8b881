from starterkit_core.conf import AppSettings, Setting, positive


class NotesSettings(AppSettings):
    """What can be tuned in this app."""

    namespace = "NOTES"

    MAX_NOTES = Setting(100, accepts=positive, expects="more than zero")
    """How many notes a person may keep."""


conf = NotesSettings()
