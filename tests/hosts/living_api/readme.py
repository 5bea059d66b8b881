"""What the README says about an API that lives, as it stands there."""

import re
from pathlib import Path

README = Path(__file__).resolve().parents[3] / "README.md"


def settings_blocks():
    return _blocks("settings")


def url_line():
    [line] = _blocks("urls")
    return line


def _blocks(name):
    pattern = rf"<!-- live:{name} -->\n+```\w+\n(.*?)```"
    return re.findall(pattern, README.read_text("utf-8"), re.DOTALL)
