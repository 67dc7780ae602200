"""Settings that were run in several blocks: a split plot, whose sums of squares are known by hand.

Without misfit between settings and with it; the control is the same runs of one block, or a model
that fits.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.formula.api import ols
from statsmodels.stats.anova import anova_lm

from analysis import Frame
from analysis.anova import Anova
from analysis.anova_table import AnovaTable
from analysis.anova_terms import Rung
from analysis.blocking import without_blocks
from analysis.classical import Classical
from analysis.noise import noise

SETTINGS, BLOCKS = 40, 5


def split_plot(seed: int, *, between: float) -> pd.DataFrame:
    """Each setting in each block; `between` is what settings share beside the parameters."""
    rng = np.random.default_rng(seed)
    kinds = np.repeat(["p", "q", "r", "s"], SETTINGS // 4)
    plots = pd.DataFrame({"a": kinds, "c": rng.random(SETTINGS), "plot": range(SETTINGS)})
    shared = plots["a"].map({"p": 0.0, "q": 0.5, "r": 1.0, "s": 1.5})
    shared = shared + between * rng.normal(size=SETTINGS)
    parts = [
        plots.assign(data=f"d{b}", y=shared + 0.6 * b + 0.3 * rng.normal(size=SETTINGS))
        for b in range(BLOCKS)
    ]
    return pd.concat(parts, ignore_index=True)


def table_of(runs: pd.DataFrame) -> AnovaTable:
    frame = Frame.from_table(
        runs, parameters=["a", "c"], metric="y", direction="minimize", blocks=["data"]
    )
    return Anova(interactions="none", rung=Rung(1, 1))(frame)


@pytest.mark.parametrize("seed", [0, 1])
def test_sums_of_squares_and_effect_sizes_are_those_of_a_split_plot(seed):
    runs = split_plot(seed, between=0.7)
    found = table_of(runs)
    plots = runs.groupby("plot").agg({"y": "mean", "a": "first", "c": "first"})
    between = anova_lm(ols("y ~ C(a) + c", plots).fit(), typ=2)
    within = anova_lm(ols("y ~ C(plot) + C(data)", runs).fit(), typ=2)
    whole = float(((runs["y"] - runs["y"].mean()) ** 2).sum())
    level = whole - within["sum_sq"]["C(data)"]  # of what differs beside the blocks
    main = between["sum_sq"] * BLOCKS
    plot_ms = main["Residual"] / between["df"]["Residual"]
    own_ms = within["sum_sq"]["Residual"] / within["df"]["Residual"]
    assert found.total_ss == pytest.approx(whole)
    for name, ss, df, ms, error_df, all_ss in [
        ("a", main["C(a)"], 3, plot_ms, 35, level),
        ("c", main["c"], 1, plot_ms, 35, level),
        ("data", within["sum_sq"]["C(data)"], 4, own_ms, 156, whole),
    ]:
        term = found[name]
        assert term.sum_squares == pytest.approx(ss)
        assert (term.df, term.error_df) == (df, error_df)
        assert pytest.approx(ss / df / ms) == term.F
        assert term.p == pytest.approx(stats.f.sf(ss / df / ms, df, error_df), abs=1e-12)
        omega = max(ss - df * ms, 0.0) / (all_ss + ms)
        assert term.omega_squared == pytest.approx(omega)
        assert term.partial_eta_squared == pytest.approx(ss / (ss + ms * error_df))
        assert term.omega_low <= omega <= term.omega_high
    assert found["a"].omega_squared > 0.1


def test_taking_rows_for_settings_would_hold_the_blocks_against_the_plots():
    """The control: between plots the mean square is many times that within."""
    found = table_of(split_plot(0, between=0.7))
    assert found["a"].sum_squares / found["a"].df / found["a"].F > 10 * found.error_ms


def bent(seed: int, *, bend: float) -> pd.DataFrame:
    """24 settings on four data sets with three seeds each."""
    rng = np.random.default_rng(seed)
    plots = pd.DataFrame(rng.random((24, 2)), columns=["a", "b"])
    parts = [plots.assign(data=d, seed=s) for d in "pqrs" for s in range(3)]
    runs = pd.concat(parts, ignore_index=True)
    runs["cell"] = runs.groupby(["a", "data"]).ngroup()
    level = runs["data"].map({"p": 0, "q": 1, "r": 2, "s": 3})
    runs["y"] = runs["a"] + bend * np.sin(14 * runs["a"]) + level
    runs["y"] += 0.1 * rng.normal(size=len(runs))
    return runs


MODEL = "y ~ a + I(a**2) + I(a**3) + b + I(b**2) + I(b**3) + C(data)"


@pytest.mark.parametrize("bend", [2.0, 0.0])
def test_what_settings_share_across_blocks_is_lack_of_fit(bend):
    runs = bent(5, bend=bend)
    model, cells = ols(MODEL, runs).fit(), ols("y ~ C(cell)", runs).fit()
    df = model.df_resid - cells.df_resid
    by_hand = (model.ssr - cells.ssr) / df / (cells.ssr / cells.df_resid)
    frame = Frame.from_table(
        runs, parameters=["a", "b"], metric="y", direction="minimize", seed="seed", blocks=["data"]
    )
    found = Anova()(frame).lack_of_fit
    assert found is not None
    assert (found.df, found.pure_df) == (df, 192)
    assert pytest.approx(by_hand) == found.F
    assert (found.p < 1e-20) if bend else (found.p > 0.05)


def test_against_pure_error_settings_share_nothing():
    runs = bent(6, bend=2.0)
    model, cells = ols(MODEL, runs).fit(), ols("y ~ C(cell)", runs).fit()
    without = ols("y ~ b + I(b**2) + I(b**3) + C(data)", runs).fit()
    by_hand = (without.ssr - model.ssr) / 3 / (cells.ssr / cells.df_resid)
    frame = Frame.from_table(
        runs, parameters=["a", "b"], metric="y", direction="minimize", seed="seed", blocks=["data"]
    )
    assert pytest.approx(by_hand) == Anova(error="pure")(frame)["a"].F
    assert by_hand / 50 > Anova()(frame)["a"].F  # what the control's misfit allows


def test_noise_among_settings_in_several_blocks_gives_a_degree_for_each_distance():
    """Ten settings in six blocks: 45 degrees of freedom, with which s2 is without bias."""
    found = []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        plots = pd.DataFrame(rng.random((10, 2)), columns=["a", "b"])
        runs = pd.concat([plots.assign(data=d, y=plots["a"] + b) for b, d in enumerate("pqrstu")])
        runs["y"] += rng.normal(size=60)
        frame = Frame.from_table(
            runs, parameters=["a", "b"], metric="y", direction="minimize", blocks=["data"]
        )
        known = noise(without_blocks(frame)[0])
        assert known is not None
        assert known.df == 45
        found.append(known.sd**2)
    assert np.mean(found) == pytest.approx(1.0, abs=3 * (2 / 45 / 60) ** 0.5)


@pytest.mark.parametrize("crossed", [3, SETTINGS])
@pytest.mark.parametrize(("blocks", "key"), [("fixed", "blocks"), ("random", "fixed")])
def test_it_is_said_how_many_settings_were_run_in_several_blocks(crossed, blocks, key):
    runs = split_plot(0, between=0.7)
    runs = runs[(runs["data"] == "d0") | (runs["plot"] < crossed)]
    frame = Frame.from_table(
        runs, parameters=["a", "c"], metric="y", direction="minimize", blocks=["data"]
    )
    notes = {note.key: dict(note.facts) for note in Anova(blocks=blocks)(frame).notes_say}
    told = notes[f"says.classical.{key}"]
    rows = SETTINGS + (BLOCKS - 1) * crossed
    assert (told["crossed"], told["n"], told["rows"]) == (crossed, SETTINGS, rows)


def test_blocks_are_said_to_be_taken_out_where_there_are_any():
    runs = split_plot(0, between=0.7)
    for blocks in (["data"], []):
        kept = runs if blocks else runs[runs["data"] == "d0"]
        frame = Frame.from_table(
            kept, parameters=["a", "c"], metric="y", direction="minimize", blocks=blocks
        )
        found = Classical.of(["welch"])(frame)
        assert found is not None
        assert ("blocks taken out" in found.method) == bool(blocks)
