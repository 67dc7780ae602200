"""Integers of an Optuna study: an interval, or levels as in any other journal."""

import journal
from analysis import Frame
from tests.journal.test_import_optuna import space, study


def test_few_integers_have_no_scale_and_are_levels_where_all_were_run(knobwise):
    """As in a table of the same runs, or in a study by a grid; it was an interval from 1 to 4."""
    few, many, log = ({"low": 1, "high": high, "log": log}
                      for high, log in ((4, False), (512, False), (8, True)))  # fmt: skip
    study(*({"n": (1 + k % 4, space("Int", **few)), "units": (1 + k**2, space("Int", **many)),
             "width": (1 + k % 8, space("Int", **log))} for k in range(16)))  # fmt: skip
    assert "declared n: 1 to 4\n" in knobwise("import", "optuna", "s.log").err
    scales = {one.name: one.scale for one in journal.open().declarations().parameters.values()}
    assert scales == {"n": None, "units": "linear", "width": "log"}
    frame = Frame.from_journal(None, metric="value", direction="minimize")
    assert frame.space["n"].levels == (1, 2, 3, 4)
