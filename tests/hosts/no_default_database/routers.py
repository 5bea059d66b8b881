class AllInIdentity:
    """Sends everything to ``identity``."""

    def db_for_read(self, model, **hints):
        return "identity"

    def db_for_write(self, model, **hints):
        return "identity"

    def allow_migrate(self, db, app_label, **hints):
        return db == "identity"
