"""docs/recording.md does what it says: its tour is executed as written, in an empty folder."""

import os
import re
import subprocess
import sys
from pathlib import Path

import journal

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "recording.md").read_text(encoding="utf-8")
TOUR = re.findall(r"^```(sh|python) tour\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL)


def test_the_tour_runs_as_written(tmp_path):
    script = ["set -euo pipefail"]
    for number, (kind, text) in enumerate(TOUR):
        if kind == "python":
            (tmp_path / f"{number}.py").write_text(text, encoding="utf-8")
            script.append(f"python -W error {number}.py")
        else:
            script.append(text)
    binaries = Path(sys.executable).parent
    environment = {**os.environ, "PATH": f"{binaries}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        ["bash", "-c", "\n".join(script)], cwd=tmp_path, env=environment, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    runs = list(journal.open(tmp_path / "data" / "journal").runs())
    assert [(run.status, run.seed) for run in runs] == [
        ("finished", 0), ("finished", 1), ("finished", 2), ("finished", 3), ("finished", 0),
        ("finished", 1),
    ]  # fmt: skip
    assert [dict(run.params)["lr"] for run in runs[:4]] == [3e-4] * 4
    assert [len(run.series.get("loss", ())) for run in runs[:4]] == [0, 3, 3, 100]
    assert "renamed" in done.stdout
    assert len(TOUR) == 6
