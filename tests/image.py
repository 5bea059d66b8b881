"""The image of the Dockerfile, built and run without a container engine."""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from tests.processes import ROOT

NAME = "localhost/starterkit-example"

VOLUMES = ("private", "srv/media")
"""Folders of the volumes of compose.yaml."""

RUN = """
root=$1 files=$2 user=$3 volumes=$4
shift 4
mount --bind "$root" "$root"
mount -o remount,bind,ro "$root"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount -t tmpfs -o size=64m tmpfs "$root/dev/shm"
mount -t tmpfs -o size=64m,nosuid,nodev tmpfs "$root/tmp"
for volume in VOLUMES; do mount --bind "$volumes/$volume" "$root/$volume"; done
[ -z "$files" ] || { cp -r "$files" "$root/tmp/given" && chmod -R a+rX "$root/tmp"; }
exec setpriv --no-new-privs chroot --userspec="$user" --groups= "$root" \
    /usr/bin/env -i "$@"
""".replace("VOLUMES", " ".join(VOLUMES))
"""What an engine does for --read-only --tmpfs /tmp --network host --cap-drop ALL.

Mounts and process ids are of its own; the command is process 1. All containers share
the volumes of compose.yaml.
"""


def why_not() -> str:
    """Return why no image can be built here, or ``""``."""
    if os.name != "posix" or os.geteuid():
        return "it is built and run in namespaces, which needs root on Linux"
    programs = ("buildah", "debootstrap", "unshare", "setpriv", "chroot")
    missing = [name for name in programs if not shutil.which(name)]
    return f"{missing[0]} is missing: tools/image.sh install" if missing else ""


class Image:
    """The image, and one container of it whose files cannot be changed."""

    def __enter__(self) -> Self:
        _said(str(ROOT / "tools/image.sh"), "build")
        self.about = _said("buildah", "inspect", "--type", "image", NAME)
        self.config: dict[str, Any] = json.loads(self.about)["Docker"]["config"]
        self._container = _said("buildah", "from", "--pull-never", NAME)
        self.root = Path(_said("buildah", "mount", self._container))
        self._volumes = self._make_volumes()
        return self

    def _make_volumes(self) -> Path:
        """Return a folder of volumes, each a copy of what the image has there."""
        folder = Path(tempfile.mkdtemp())
        for name in VOLUMES:
            inside, volume = (self.root / name).stat(), folder / name
            volume.mkdir(parents=True)
            os.chown(volume, inside.st_uid, inside.st_gid)
            volume.chmod(inside.st_mode)
        return folder

    def __exit__(self, *raised: object) -> None:
        _said("buildah", "rm", self._container)
        shutil.rmtree(self._volumes)

    def run(
        self, *command: str, env: Mapping[str, str], files: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """Run a command, and wait for its end.

        What lies in the folder ``files`` is in ``/tmp/given`` there.
        """
        return subprocess.run(  # noqa: S603  # our own command
            self.command(*command, env=env, files=files),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def command(
        self, *command: str, env: Mapping[str, str], files: str = ""
    ) -> list[str]:
        """Return what starts a command in the container; without one, the image's."""
        config = self.config
        variables = [*config["Env"], *(f"{name}={env[name]}" for name in env)]
        return [
            *("unshare", "--mount", "--pid", "--fork", "--kill-child"),
            *("--propagation", "private", "sh", "-euc", RUN, "run"),
            *(str(self.root), files, config["User"], str(self._volumes)),
            *(f"--chdir={config['WorkingDir']}", *variables),
            *(command or config["Cmd"]),
        ]


def process_of(program: "subprocess.Popen[bytes]") -> int:
    """Return the process that is number 1 in the container, as known outside."""
    pid = program.pid
    return int(Path(f"/proc/{pid}/task/{pid}/children").read_text())


def _said(*command: str) -> str:
    done = subprocess.run(  # noqa: S603  # our own command
        command, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr  # noqa: S101  # a test's
    return done.stdout.strip()
