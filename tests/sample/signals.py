from django.dispatch import Signal

thing_created = Signal()
