"""What the page says beside its figures follows from the report's numbers."""

from dataclasses import replace

import pytest

from analysis import facts, html, markdown, reading, story, tables
from analysis.results import Exclusion, Plan, Report
from analysis.risk import OF
from analysis.sentences import said
from analysis.words import Voice, words
from tests.report.edges import EDGES
from tests.report.pages import rendered
from tests.report.planted import planted

VOICE = Voice(words("en"))
KOREAN = Voice(words("ko"))


def row(name: str, report: Report | None = None):
    return next(p for p in (report or planted()).parameters if p.name == name)


def changed(report: Report, name: str, **values) -> Report:
    """The report with one parameter changed."""
    rows = (replace(p, **values) if p.name == name else p for p in report.parameters)
    return replace(report, parameters=tuple(rows))


def test_ends_to_widen_are_named_with_their_value():
    assert (
        "The best lies at an end of what was searched (width at 256, depth at 1): "
        "widen the range, if it can go further."
    ) in story.do_next(planted(), VOICE)
    assert "widen" in reading.panel(planted(), row("depth"), voice=VOICE)
    assert "(width = 256, depth = 1)" in " ".join(story.do_next(planted(), KOREAN))


def test_runs_of_less_than_a_second_have_no_time():
    for seconds, told in ((0.4, False), (None, False), (90.0, True)):
        report = replace(planted(), plan=replace(planted().plan, seconds=seconds))
        assert ("(about" in story.do_next(report, VOICE)[0]) == told


def test_nobody_is_sent_beyond_an_end_where_the_risk_lies_below_the_margin():
    claim = replace(row("depth").claim, risk_low=0.0, risk_high=0.9 * planted().margin.metric)
    report = changed(planted(), "depth", claim=claim)
    assert "depth at 1" not in " ".join(story.do_next(report, VOICE))
    assert "widen" not in reading.panel(report, row("depth", report), voice=VOICE)


def test_what_runs_are_for_is_a_list():
    assert reading.plan(planted(), VOICE) == (
        "Why these runs: to settle width (9); for another seed near the best, to know "
        "the noise there (3 runs)."
    )


@pytest.mark.parametrize(
    ("risk", "share", "said"),
    [
        ((0.5, 1.5), (2.0, 3.0), "Its risk 0.0019 [0.0010, 0.0032] crosses the margin 0.0021"),
        ((0.5, 1.5), (0.1, 0.5), "] is below 0.05 ("),
        ((2.0, 3.0), (0.5, 1.5), "] crosses 0.05, so it is unclear whether to tune it first"),
        ((0.1, 0.5), (0.5, 1.5), "so it is unclear whether it shifts the best settings of others"),
        ((0.5, 1.5), (0.5, 1.5), "Both intervals cross their margins"),
    ],
)
def test_an_open_verdict_names_the_interval_that_crosses(risk, share, said):
    margin = planted().margin
    claim = replace(
        row("width").claim,
        risk_low=risk[0] * margin.metric,
        risk_high=risk[1] * margin.metric,
        share_low=share[0] * margin.share,
        share_high=share[1] * margin.share,
    )
    report = changed(planted(), "width", claim=claim)
    for voice in (VOICE, KOREAN):
        assert "{" not in reading.because(report, row("width", report), voice=voice)
    assert said in reading.because(report, row("width", report), voice=VOICE)


def test_the_cards_say_which_interval_verdicts_are_claimed_on():
    assert "95 % interval" in facts.legend(planted(), VOICE)
    claimed = "verdict is claimed on the narrower 90 % "
    assert f"A {claimed}interval (thick in the figure), so a 95 % one may cross the margin." in (
        facts.legend(planted(), VOICE)
    )
    unclaimed = tuple(replace(p, claim=None) for p in planted().parameters)
    silent = replace(planted(), parameters=unclaimed)
    assert "claimed" not in facts.legend(silent, VOICE)
    page = rendered("given")
    assert page.count("claimed on the narrower") == 1
    assert page.index('class="legend"') < page.index('class="cards')
    assert "90 % 구간" in facts.legend(planted(), KOREAN)


def test_failed_and_excluded_runs_are_counted_beside_the_used_ones():
    assert facts.run_counts(planted(), VOICE).startswith(
        "180 of 195 runs used (150 configurations), 12 failed, 3 excluded ("
    )
    assert "실행 195개 중 180개 사용(설정 150개), 실패 12개" in facts.run_counts(planted(), KOREAN)


def test_runs_that_ended_without_a_result_are_counted_as_failed():
    ended = [("nan", 3), ("sentinel", 1), ("running", 2)]
    excluded = tuple(
        Exclusion(
            reason=why,
            count=n,
            failed=why != "running",
            says=said(f"excluded.{why}", metric="loss"),
        )
        for why, n in ended
    )
    runs = replace(planted().runs, failed=0, excluded=excluded)
    counted = facts.run_counts(replace(planted(), runs=runs), VOICE)
    assert counted.split(", ", 1)[1] == (
        "4 failed (3 finished with loss = NaN, 1 with a loss that stands for no result), "
        "2 excluded (still running)"
    )


def test_what_is_switched_off_is_named_last_and_not_to_be_widened():
    on = changed(planted(), "lr", recommendation=replace(
        row("lr").recommendation, at_edge="high"))  # fmt: skip
    off = changed(on, "lr", switched_off_by="act")
    before, after = ([item.name for item in story.cards(r, VOICE)[0].items] for r in (on, off))
    assert "lr" in before[:-1]
    assert after == [*[name for name in before if name != "lr"], "lr"]
    assert "(lr at " in " ".join(story.do_next(on, VOICE))
    assert "lr at " not in " ".join(story.do_next(off, VOICE))


@pytest.mark.parametrize(
    ("off", "told"),
    [(None, ""), ("act", " where act = leaky_relu (act as recommended switches it off)")],
)
def test_an_open_one_that_nobody_will_use_is_said_to_be_off(off, told):
    report = changed(planted(), "slope", verdict="undetermined", more_runs=40, switched_off_by=off)
    said = story.note(report, row("slope", report), voice=VOICE)
    assert "about 40 more runs" in said
    assert said.partition(" where ")[2] == told.removeprefix(" where ")


def test_of_what_a_condition_makes_exist_it_is_said_where_it_is_judged():
    told = "is judged among the settings where it exists"
    assert told in reading.effects(planted(), VOICE)
    everywhere = changed(planted(), "slope", condition=None)
    assert told not in reading.effects(everywhere, VOICE)


def test_what_is_best_is_said_where_the_curve_is_another_thing():
    said = reading.marginals(planted(), VOICE)
    assert "the best of 20 random settings of the others comes within the margin" in said


def test_only_what_is_worth_tuning_is_said_to_be_tuned_alone():
    said = reading.groups(planted(), VOICE)
    assert "depth can be tuned on its own: each of its pairs lies below the margin." in said
    assert said[-1] == "It is unclear whether width and momentum need tuning at all."


def test_where_nothing_is_worth_tuning_the_question_has_an_answer_too():
    said = reading.groups(replace(planted(), groups=()), VOICE)
    assert said == ("No parameter has been shown to be worth tuning, together or alone.",)


@pytest.mark.parametrize(
    ("seeds", "ahead", "said"),
    [
        (1, 0.001, " It has a single run, better than predicted: repeat it before you trust it."),
        (1, -0.001, "each weighted by its certainty. Judged by their own runs alone, more may"),
        (3, 0.001, "each weighted by its certainty. Judged by their own runs alone, more may"),
    ],
)
@pytest.mark.parametrize("direction", ["minimize", "maximize"])
def test_one_run_better_than_predicted_is_not_called_the_best(seeds, ahead, said, direction):
    first = planted().best[0]
    better = ahead if direction == "maximize" else -ahead
    run = replace(first, seeds=seeds, predicted=first.value - better)
    report = replace(planted(), best=(run,), metric=replace(planted().metric, direction=direction))
    text = reading.best(report, VOICE)
    assert text.startswith("The best according to the runs and the surrogate together: value")
    assert said in text
    assert "leads" not in text


def test_the_best_runs_are_said_to_be_in_an_order():
    said = reading.best(planted(), VOICE)
    assert said.startswith("The best according to the runs and the surrogate together: value")
    assert "3 configurations, best first" in said
    assert "1 of them has a single run, better than predicted: repeat it before" in said


def test_a_best_run_is_named_as_the_terminal_names_it_and_takes_it():
    first = tables.best_runs(planted(), VOICE).rows[0][0].text
    assert first == planted().best[0].run_id[-8:]
    row_of_a_table = replace(planted(), best=(replace(planted().best[0], run_id="119"),))
    assert tables.best_runs(row_of_a_table, VOICE).rows[0][0].text == "119"


def test_an_option_is_not_broken_behind_its_dashes():
    voice = html.HtmlVoice(words("en"))
    assert voice.command("--transform rank").startswith('<code class="s">')
    assert voice.command("knobwise ls status=failed -n 9").startswith("<code>")


def test_who_asks_the_runs_alone_is_told_that_more_may_be_the_best():
    own = "Judged by their own runs alone, more may be the best"
    asked = (("journal", "my runs"), ("minimize", True), ("where", "lr<1"), ("margin", 0.1))
    report = replace(planted(), provenance=replace(planted().provenance, asked=asked))
    command = "knobwise best 'lr<1' -m val_error --minimize --journal 'my runs'"
    assert f"{own}: {command} lists them." in reading.best(report, VOICE)
    at_a_step = replace(report, metric=replace(report.metric, name="val_error@5"))
    nowhere = replace(report, provenance=replace(report.provenance, journal=""))
    for silent in (at_a_step, nowhere):
        assert f"{own}." in reading.best(silent, VOICE)
        assert "knobwise" not in reading.best(silent, VOICE)
    only = replace(report, runs=replace(report.runs, configurations=1))
    assert reading.best(only, VOICE) == "The only configuration."


def test_without_an_answer_the_next_thing_is_the_cure():
    for name in ("one run", "no runs"):
        assert "Nothing is left" not in rendered(name)
        assert "Nothing is left" not in markdown.render([EDGES[name]()])
    empty = replace(EDGES["one run"](), plan=Plan(runs=(), settles=(), seconds=None))
    assert story.do_next(empty, VOICE) == ("Log at least 11 more, at random settings.",)
    assert story.do_next(replace(empty, withheld_says=None, withheld_cure=None), VOICE) == (
        "See why no answer can be given.",
    )


@pytest.mark.parametrize("transform", ["none", "log10", "rank"])
def test_a_declared_unit_stands_in_the_head_on_every_scale(transform):
    report = planted()
    timed = replace(report, metric=replace(report.metric, unit="ms", transform=transform))
    assert story.direction(timed, VOICE) == "lower is better, in ms"
    assert "단위 ms" in story.direction(timed, KOREAN)
    assert story.direction(report, VOICE) == "lower is better"


def test_a_figure_says_which_parameters_it_leaves_out():
    left = "Left out: slope (exists only where act = leaky_relu)."
    assert reading.under(planted(), "matrix", voice=VOICE) == left
    assert reading.under(planted(), "growth", voice=VOICE).endswith(left)
    assert "뺀 것: slope(조건: act = leaky_relu)." in reading.under(
        planted(), "matrix", voice=KOREAN
    )
    many = EDGES["sixty parameters"]()
    assert reading.under(many, "matrix", voice=VOICE).startswith("No room here for ")
    page = rendered("given")
    assert page.count("Left out: ") == 2
    assert page.count(VOICE.say("reading.surface")) == 1


def test_what_predictions_miss_is_not_called_noise_without_doubt():
    assert reading.left_over(planted(), VOICE).endswith("is noise, which no parameter explains.")
    missed = replace(planted(), noise=replace(planted().noise, source="residual"))
    said = "about 0.09 is noise, estimated from residuals, misfit included."
    assert reading.left_over(missed, VOICE).endswith(said)


def test_the_surface_is_called_the_strongest_pair_where_it_is():
    report = planted()
    shape = report.surface
    assert "lr × act: the strongest pair</figcaption>" in html.render([report])
    flat = {"x_values": shape.y_values, "y_values": (32, 64), "mean": ((0.1, 0.2, 0.3),) * 2}
    other = replace(report, surface=replace(shape, x="act", y="batch", **flat))
    said = "act × batch: the strongest pair of which neither switches the other</figcaption>"
    assert said in html.render([other])


def test_nothing_is_left_out_where_all_is_drawn():
    report = planted()
    rows = tuple(p for p in report.parameters if p.condition is None)
    assert reading.under(replace(report, parameters=rows), "matrix", voice=VOICE) == ""


def test_what_is_known_to_be_safe_is_not_called_open():
    claim = replace(row("width").claim, risk_low=0.0, risk_high=0.9 * planted().margin.metric)
    said = reading.groups(changed(planted(), "width", claim=claim), VOICE)
    assert said[-1] == "It is unclear whether momentum needs tuning at all."


def test_where_every_run_counts_that_is_all_there_is_to_say():
    runs = replace(planted().runs, failed=0, excluded=())
    told = facts.run_counts(replace(planted(), runs=runs), VOICE)
    assert told == "180 runs, all used (150 configurations)"


def test_where_nothing_was_risked_the_settings_of_the_others_are_as_many_as_anywhere():
    none = tuple(replace(p, tuning_risk=None) for p in planted().parameters)
    told = reading.effects(replace(planted(), parameters=none), VOICE)
    assert f"the best of {OF} random settings" in told
    risk = replace(row("lr").tuning_risk, of=7)
    other = replace(planted(), parameters=(replace(row("lr"), tuning_risk=risk),))
    assert "the best of 7 random settings" in reading.effects(other, VOICE)
