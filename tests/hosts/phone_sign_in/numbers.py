from itertools import count

_numbers = count()


def next_number():
    """Return a valid number that no user has yet."""
    return f"+551196{next(_numbers):07d}"
