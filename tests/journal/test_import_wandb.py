"""``knobwise import wandb``: what is no number is no metric, and is said."""

from pathlib import Path

import journal
from journal import importers_wandb

FILES = Path(__file__).with_name("files")


def test_what_a_page_is_made_of_is_no_metric_and_is_said(knobwise):
    """Its size is a number, but nothing that was measured."""
    done = knobwise("import", "wandb", str(FILES / "media.wandb"))
    assert done.status == 0
    said = "no numbers (texts, images, tables …), so not imported: rank, said, shape, val.page"
    assert f"knobwise: {said}\n" in done.err
    (run,) = journal.open().runs()
    assert run.metrics == {"loss": 0.0}
    assert run.series == {"loss": ((0, 1.0), (1, 0.0))}


def test_of_many_such_names_the_first_are_shown():
    (line,) = importers_wandb._passed_over({f"m{i}" for i in range(10)})
    assert line.endswith(": m0, m1, m2, m3, m4, m5, m6, m7 and 2 more")
    assert list(importers_wandb._passed_over(set())) == []
