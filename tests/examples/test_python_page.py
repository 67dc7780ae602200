"""What docs/python.md shows works: its code is executed as written, top to bottom."""

import re
from pathlib import Path

PAGE = (Path(__file__).parents[2] / "docs" / "python.md").read_text(encoding="utf-8")


def test_the_page_runs_as_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"^```python\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL)
    assert len(blocks) == 4
    names: dict[str, object] = {}
    exec(compile("\n".join(blocks), "docs/python.md", "exec"), names)
    assert names["spread"] == names["report"]
