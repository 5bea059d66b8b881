class ReadsFromReplica:
    """Writes to ``default``, reads from ``replica``, as Django's manual shows it.

    It says nothing about relations, so Django allows none between rows that were read
    from two databases.
    """

    def db_for_read(self, model, **hints):
        return "replica"

    def db_for_write(self, model, **hints):
        return "default"
