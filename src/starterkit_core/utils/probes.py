"""The paths at which a balancer asks how this process is."""

PROBES = ("/livez", "/readyz")
"""How they end, wherever the project mounts them."""


def is_probe(path: str) -> bool:
    """Return whether a request to ``path`` may be one, with or without a slash."""
    return path.rstrip("/").endswith(PROBES)
