"""The studentised range against scipy's, and against the t test at two means."""

import numpy as np
import pytest
from scipy import stats

from analysis.studentized import quantile, tail


@pytest.mark.parametrize(("k", "df"), [(2, 3), (3, 10), (5, 86), (8, 5), (12, 1000)])
def test_it_is_scipys(k, df):
    q = np.array([0.5, 2.0, 3.5, 5.0])
    assert tail(q, k=k, df=df) == pytest.approx(stats.studentized_range.sf(q, k, df), abs=1e-8)


@pytest.mark.parametrize("df", [1, 2, 7.5, 40, 1e5])
def test_two_means_are_a_t_test(df):
    q = np.array([0.1, 1.0, 2.0, 4.0, 8.0])
    t = 2 * stats.t.sf(q / np.sqrt(2), df)
    assert tail(q, k=2, df=df) == pytest.approx(t, abs=1e-8)


@pytest.mark.parametrize(("k", "df", "printed"), [(3, 10, 3.88), (5, 20, 4.23), (10, 60, 4.65)])
def test_it_is_the_printed_table(k, df, printed):
    """Upper 5 % points as tables print them (Harter 1960)."""
    assert quantile(0.95, k=k, df=df) == pytest.approx(printed, abs=0.006)
    assert tail(np.array([quantile(0.95, k=k, df=df)]), k=k, df=df)[0] == pytest.approx(0.05)
