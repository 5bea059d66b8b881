from starterkit_terms.management.commands import terms_publish


class Command(terms_publish.Command):
    """Fills the host's columns; Django takes the command of the app listed first."""

    def document_fields(self, *args, **kwargs):
        return {**super().document_fields(*args, **kwargs), "shelf": 1}

    def version_fields(self, *args, **kwargs):
        return {**super().version_fields(*args, **kwargs), "edition": 1}
