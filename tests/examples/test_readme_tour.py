"""What the README shows works: its tour is executed as written, in an empty folder."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
TOUR = re.findall(r"^```sh tour\n(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)
PYTHON = re.findall(r"^```python\n(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)


@pytest.fixture
def folder(tmp_path, digits):
    """A folder with the example data, and no journal of its own yet."""
    (tmp_path / "data").mkdir()
    shutil.copytree(digits, tmp_path / "data" / "digits")
    (tmp_path / "data" / "reference").symlink_to(ROOT / "data" / "reference")
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    return tmp_path


def run(script, folder):
    binaries = str(Path(sys.executable).parent)
    environment = {
        **os.environ,
        "PATH": f"{binaries}{os.pathsep}{os.environ['PATH']}",
        "NO_COLOR": "1",
        "COLUMNS": "80",
    }
    environment.pop("KNOBWISE_JOURNAL", None)
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_tour_runs_as_written(folder):
    assert len(TOUR) == 5
    done = run("\n".join(TOUR), folder)
    assert done.returncode == 0, done.stderr
    assert (folder / "report.html").stat().st_size > 10_000
    assert (folder / "answer.json").read_text(encoding="utf-8").startswith("{")
    assert "lr" in done.stdout


def test_the_python_example_runs_as_written(folder):
    (example,) = PYTHON
    (folder / "example.py").write_text(example, encoding="utf-8")
    done = run("python example.py && knobwise ls", folder)
    assert done.returncode == 0, done.stderr
    assert "0.93" in done.stdout


def test_a_tour_that_fails_is_noticed(folder):
    assert run("knobwise ls --no-such-option", folder).returncode == 2
