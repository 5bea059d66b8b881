"""Write a requirements file that names built wheels: name_wheels.py FOLDER FILE NAME...

Each NAME is a distribution, with extras if wanted: starterkit-core[speed]. By name, an
index could deliver a newer "starterkit-core" of another owner.
"""

import sys
from pathlib import Path


def requirement(folder: Path, name: str) -> str:
    """Return a requirement on the only wheel of a distribution in the folder."""
    distribution = name.partition("[")[0]
    wheels = list(folder.glob(f"{distribution.replace('-', '_')}-*.whl"))
    if len(wheels) != 1:
        sys.exit(f"{folder} must hold one wheel of {distribution}, not {len(wheels)}")
    return f"{name} @ {wheels[0].resolve().as_uri()}"


def main(folder: str, file: str, *names: str) -> None:
    """Write one line for each distribution."""
    lines = [requirement(Path(folder), name) for name in names]
    Path(file).parent.mkdir(parents=True, exist_ok=True)
    Path(file).write_text("\n".join([*lines, ""]), "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
