"""Whether this process lives, and whether it may get requests."""
