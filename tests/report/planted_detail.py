"""What --anova, --contrast, --step and --by add to a report, written down by hand."""

from __future__ import annotations

from dataclasses import replace

from analysis import anova_says
from analysis.anova_says import left_out
from analysis.results import (
    ClassicalResult,
    ClassicalTerm,
    LackOfFit,
    LevelContrast,
    Report,
    Stratum,
    StratumParameter,
)
from analysis.sentences import english, said
from tests.report.planted import planted
from tests.report.planted_parameters import share

METHOD = anova_says.table(sums="II", robust=True, rows="means", pure=False, adjust="holm")
WITHHELD = said("withheld.too_few", n=4, d=10)
NOTE = said("classical.random", names=("dataset",), sd=0.012)


def detailed() -> Report:
    """The planted report with everything that was asked for."""
    return replace(planted(), classical=_classical(), strata=_strata())


def _classical() -> ClassicalResult:
    return ClassicalResult(
        method=english(METHOD),
        says=METHOD,
        terms=(
            _term(("act",), df=2, F=21.4, omega=0.14),
            _term(("lr",), df=3, F=120.3, omega=0.57),
            _term(("act", "lr"), df=6, F=6.1, omega=0.06),
            _term(("dataset",), df=2, F=3.3, omega=0.01, block=True),
        ),
        dropped=(left_out(("nesterov",), "same"),),
        lack_of_fit=LackOfFit(df=88, pure_df=30, F=1.4, p=0.1),
        contrasts=(
            _contrast("relu", "tanh", -0.0123),
            _contrast("relu", "leaky_relu", 0.0007),
            _contrast("tanh", "leaky_relu", 0.013),
        ),
        notes=(english(NOTE),),
        notes_say=(NOTE,),
    )


def _term(
    parameters: tuple[str, ...], *, df: int, F: float, omega: float, block: bool = False
) -> ClassicalTerm:
    return ClassicalTerm(
        parameters=parameters,
        block=block,
        df=df,
        error_df=118.0,
        F=F,
        p=1e-9,
        p_adjusted=1e-8,
        omega_squared=omega,
        omega_low=omega / 2,
        omega_high=min(1.0, omega * 1.5),
        partial_eta_squared=omega,
        partial_eta_low=omega / 2,
        partial_eta_high=min(1.0, omega * 1.5),
    )


def _contrast(first: str, second: str, difference: float) -> LevelContrast:
    return LevelContrast(
        parameter="act",
        first=first,
        second=second,
        difference=difference,
        low=difference - 0.004,
        high=difference + 0.004,
        p=0.0001 if abs(difference) > 0.004 else 0.9,
    )


def _strata() -> tuple[Stratum, ...]:
    steps = [
        Stratum(
            by="step",
            value=step,
            runs=180,
            configurations=150,
            answer="given",
            because=None,
            parameters=(
                StratumParameter(name="act", first_order=share(0.1, 0.0, 0.2), total=None),
                StratumParameter(
                    name="lr",
                    first_order=share(0.5, 0.4, 0.6),
                    total=share(0.9 - step / 200, 0.5, 0.95),
                ),
            ),
        )
        for step in (1, 10, 50)
    ]
    nothing = Stratum(
        by="dataset",
        value=None,
        runs=4,
        configurations=4,
        answer="withheld",
        because="4 different configurations are too few for 10 parameters",
        parameters=(StratumParameter(name="lr", first_order=None, total=None),),
    )
    few = [
        replace(
            steps[0], by="runs", value=english(called), called=called,
            answer="withheld" if n else "given", because=english(WITHHELD) if n else None,
            says=WITHHELD if n else None,
        )
        for n in (0, 7)
        for called in (said("stratum.without", n=n) if n else said("stratum.all"),)
    ]  # fmt: skip
    return (*steps, nothing, *few)
