"""Groups that can be tuned one after the other: by interactions, not by verdicts alone."""

from dataclasses import replace

from analysis.answers import groups, silent_result
from analysis.results import ParameterResult, Verdict
from analysis.sentences import said
from tests.analysis.spaces import number


def judged(**verdicts: Verdict) -> tuple[ParameterResult, ...]:
    return tuple(
        replace(
            silent_result(number(name), because=said("silent.withheld"), estimable=True, n=9),
            verdict=verdict,
        )
        for name, verdict in verdicts.items()
    )


def test_an_interaction_that_may_reach_the_margin_ties_and_one_below_it_does_not():
    found = judged(a="critical", b="fine", c="critical")
    assert groups(found, {("a", "b"): 0.06, ("a", "c"): 0.04}, share_margin=0.05) == (
        ("a", "b"),
        ("c",),
    )


def test_chains_count():
    found = judged(a="critical", b="critical", c="critical")
    pairs = {("a", "b"): 0.2, ("b", "c"): 0.2, ("a", "c"): 0.0}
    assert groups(found, pairs, share_margin=0.05) == (("a", "b", "c"),)


def test_a_forgiving_parameter_stands_with_the_one_whose_best_value_it_moves():
    """Batch size and learning rate: batch can be fixed, but lr has to be tuned where it stands."""
    found = judged(lr="critical", batch="forgiving", depth="critical")
    pairs = {("lr", "batch"): 0.19, ("lr", "depth"): 0.01, ("batch", "depth"): 0.01}
    assert groups(found, pairs, share_margin=0.05) == (("lr", "batch"), ("depth",))


def test_what_is_only_fixed_makes_no_group():
    found = judged(a="critical", b="forgiving", c="forgiving", d="negligible", e="not_estimable")
    assert groups(found, {("b", "c"): 0.3, ("a", "d"): 0.3}, share_margin=0.05) == (("a",),)
