"""Chromium without a window, driven over two pipes: no package is needed for it."""

import contextlib
import json
import os
import select
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = (
    "--headless",
    "--disable-gpu",
    "--no-first-run",
    "--no-sandbox",  # a container's root user has no other way
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--ignore-certificate-errors",
    "--remote-debugging-pipe",
)
SECONDS = 30


def program() -> str:
    """The path of Chromium; without one, the test is skipped."""
    if os.name == "nt":
        pytest.skip("the pipes to Chromium need POSIX")
    named = os.environ.get("CHROMIUM", "")
    found = next(filter(None, map(shutil.which, [named, *NAMES])), "")
    if not found:
        pytest.skip("there is no Chromium here (Debian: apt install chromium)")
    return found


class Browser:
    """One page of a running browser, and what it had to say.

    Messages are JSON that ends with a zero byte (the DevTools protocol).
    """

    def __init__(self, into: int, out: int) -> None:
        self.into, self.out = into, out
        self.buffer, self.number, self.session = b"", 0, ""
        self.requested: list[str] = []
        self.complaints: list[str] = []

    def open_page(self) -> None:
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        attached = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self.session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **params: Any) -> Any:
        """Call a method, and return its result."""
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.into, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._read()
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise AssertionError(answer)
                return answer["result"]

    def visit(self, url: str) -> None:
        self.call("Page.navigate", url=url)

    def run(self, script: str) -> Any:
        """Evaluate JavaScript in the page, await its promise, and return its value."""
        result = self.call(
            "Runtime.evaluate",
            expression=script,
            awaitPromise=True,
            returnByValue=True,
        )
        if "exceptionDetails" in result:
            raise AssertionError(result)
        return result["result"].get("value")

    def wait_for(self, condition: str) -> None:
        """Return as soon as a JavaScript expression is true."""
        deadline = time.monotonic() + SECONDS
        while not self.run(f"Boolean({condition})"):
            if time.monotonic() > deadline:
                raise AssertionError(condition, self.complaints)
            time.sleep(0.1)

    def _read(self) -> dict[str, Any]:
        while b"\0" not in self.buffer:
            ready, _, _ = select.select([self.out], [], [], SECONDS)
            more = os.read(self.out, 1 << 16) if ready else b""
            if not more:
                raise AssertionError("the browser is silent, or has ended")
            self.buffer += more
        text, _, self.buffer = self.buffer.partition(b"\0")
        message: dict[str, Any] = json.loads(text)
        self._note(message.get("method"), message.get("params", {}))
        return message

    def _note(self, event: str | None, params: dict[str, Any]) -> None:
        if event == "Network.requestWillBeSent":
            self.requested.append(params["request"]["url"])
        elif event == "Runtime.exceptionThrown":
            self.complaints.append(str(params["exceptionDetails"]))
        elif event == "Runtime.consoleAPICalled" and params["type"] != "log":
            self.complaints.append(str(params["args"]))
        elif event == "Log.entryAdded":
            self.complaints.append(str(params["entry"]))
        elif event == "Network.loadingFailed":
            self.complaints.append(str(params))


@contextlib.contextmanager
def browser(profile: Path, *flags: str) -> Iterator[Browser]:
    """Start Chromium with an empty profile, and always stop it."""
    command = [program(), *FLAGS, *flags, f"--user-data-dir={profile}"]
    its_in, into = os.pipe()
    out, its_out = os.pipe()
    # Chromium reads file descriptor 3 and writes to 4, which may be those of a pipe.
    high = f"exec 100<&{its_in} 101>&{its_out}"
    pipes = f'{high}; exec "$0" "$@" 3<&100 4>&101 100<&- 101>&-'
    process = subprocess.Popen(  # noqa: S603  # our own command
        ["bash", "-c", pipes, *command],  # noqa: S607  # it is on the PATH
        pass_fds=(its_in, its_out),
        stderr=subprocess.DEVNULL,
    )
    os.close(its_in)
    os.close(its_out)
    try:
        page = Browser(into, out)
        page.open_page()
        yield page
    finally:
        process.terminate()
        process.wait()
        os.close(into)
        os.close(out)
