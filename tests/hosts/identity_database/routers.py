HOSTS_OWN = {"sample"}


class AccountsElsewhere:
    """Sends whatever is not the host's own to ``identity``."""

    def db_for_read(self, model, **hints):
        return self._of(model._meta.app_label)

    def db_for_write(self, model, **hints):
        return self._of(model._meta.app_label)

    def allow_migrate(self, db, app_label, **hints):
        return db == self._of(app_label)

    def _of(self, app_label):
        return "default" if app_label in HOSTS_OWN else "identity"
