"""nginx before both servers, with the configuration of the example."""

import contextlib
import os
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.processes import ROOT
from tests.production.deployment import Deployment, Program, Server
from tests.production.programs import is_installed, wait_until_listening
from tests.running_server import HOST, free_port

CONFIGURATION = ROOT / "example_project" / "nginx.conf"
AS_ROOT = "user root root;"  # or its processes could not write into our folder
AROUND = """
daemon off; {user}
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{}}
http {{
    access_log {folder}/access.log;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    scgi_temp_path {folder}/scgi;
    uwsgi_temp_path {folder}/uwsgi;
    include {folder}/example.conf;
}}
"""


class Nginx(Program):
    """nginx, which ends TLS; ``trust`` verifies its certificate."""

    def __init__(self, deployment: Deployment, folder: Path) -> None:
        self._port = free_port()
        self.url = f"https://{HOST}:{self._port}"
        self._make_certificate(folder)
        self.trust = ssl.create_default_context(cafile=folder / "example.crt")
        main = folder / "nginx.conf"
        user = "" if os.geteuid() else AS_ROOT
        main.write_text(AROUND.format(folder=folder, user=user))
        self._file = folder / "example.conf"
        self._file.write_text(self._configuration(deployment, folder))
        command = ["nginx", "-c", str(main), "-p", str(folder)]
        super().__init__(command, deployment.env, folder / "nginx.log")

    @staticmethod
    def is_installed() -> bool:
        return is_installed("nginx", "openssl")

    def start(self) -> None:
        super().start()
        wait_until_listening(self._port)

    @contextlib.contextmanager
    def without(self, server: Server) -> Iterator[None]:
        """Send no request to a server until the block ends."""
        before = self._file.read_text()
        entry = f"server {HOST}:{server.port}"
        self._file.write_text(before.replace(entry, f"{entry} down"))
        self.hang_up()
        yield
        self._file.write_text(before)
        self.hang_up()

    def _configuration(self, deployment: Deployment, folder: Path) -> str:
        text = CONFIGURATION.read_text()
        for there, here in (
            ("10.0.0.1:8000", f"{HOST}:{deployment.a.port}"),
            ("10.0.0.2:8000", f"{HOST}:{deployment.b.port}"),
            ("listen 80;", f"listen {HOST}:{free_port()};"),
            ("listen 443 ssl;", f"listen {HOST}:{self._port} ssl;"),
            ("/etc/nginx", str(folder)),
        ):
            assert there in text, there  # noqa: S101  # a test's
            text = text.replace(there, here)
        return text

    def _make_certificate(self, folder: Path) -> None:
        command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=example"
        files = ["-out", folder / "example.crt", "-keyout", folder / "example.key"]
        subprocess.run(  # noqa: S603  # our own command
            [*command.split(), "-addext", f"subjectAltName=IP:{HOST}", *files],
            capture_output=True,
            check=True,
        )
