"""The page about personal data shows the exporter that the example runs."""

import re

from tests.processes import ROOT

PAGE = ROOT / "docs" / "how-to" / "personal-data.md"
EXPORTER = ROOT / "example_project" / "notes" / "personal_data.py"
CODE = re.compile(r"^```python\n(.+?)^```$", re.MULTILINE | re.DOTALL)


def test_the_exporter_on_the_page_is_the_one_of_the_example():
    [code] = CODE.findall(PAGE.read_text("utf-8"))

    assert code == EXPORTER.read_text("utf-8")
