"""Studies and trials as Optuna has them, and its journal file: JSON lines of operations.

As of Optuna 2 to 5. Studies and trials are numbered in the order of
the operations that make them, and what comes after a trial's end is ignored, as Optuna does.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from journal.absent import unreadable
from journal.errors import UsageError, ValueRefused
from journal.packing import Json

STATES = ("RUNNING", "COMPLETE", "PRUNED", "FAIL", "WAITING")
DIRECTIONS = {1: "minimize", 2: "maximize"}
_OPEN = (0, 4)


@dataclass(slots=True, kw_only=True)
class Trial:
    """A trial: ``state`` is an index into STATES, ``internal`` what Optuna keeps of parameters.

    ``began`` and ``ended`` are times as they are written there. ``broken``: why it is none.
    """

    number: int
    state: int
    internal: dict[str, float] = field(default_factory=dict)
    distributions: dict[str, str] = field(default_factory=dict)
    values: list[float] = field(default_factory=list)
    reported: list[tuple[int, object]] = field(default_factory=list)
    attributes: dict[str, Json] = field(default_factory=dict)
    began: object = None
    ended: object = None
    broken: str = ""


@dataclass(slots=True, kw_only=True)
class Study:
    """A study: one direction per objective, names of objectives where they were given.

    ``attributes`` are the user's, as of now. ``broken``: why it is none.
    """

    name: str
    directions: list[int]
    metrics: list[str] = field(default_factory=list)
    attributes: dict[str, Json] = field(default_factory=dict)
    trials: list[Trial] = field(default_factory=list)
    parsed: dict[str, Mapping[str, Json]] = field(default_factory=dict)
    broken: str = ""

    def spaces(self, trial: Trial) -> dict[str, Mapping[str, Json]]:
        """The trial's distributions by parameter. Raises ValueRefused for one that is no JSON."""
        return {name: self._parse(text, name) for name, text in trial.distributions.items()}

    def _parse(self, text: str, name: str) -> Mapping[str, Json]:
        if text not in self.parsed:
            try:
                told = json.loads(text)
            except (ValueError, TypeError, RecursionError):
                raise ValueRefused(f"the distribution of {name} is no JSON: {text!r:.60}") from None
            self.parsed[text] = told if isinstance(told, dict) else {}
        return self.parsed[text]


def studies(path: Path) -> tuple[list[Study], list[str]]:
    """The studies in a journal file, and what was not understood. Raises UsageError."""
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError as failed:
        raise unreadable(path, failed) from None
    replay = _Replay()
    refused: list[str] = []
    for row, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            replay.apply(json.loads(line))
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
            refused.append(f"line {row} is no operation of Optuna's journal")
    if len(refused) == sum(bool(line.strip()) for line in lines):
        hint = "of another storage: study.trials_dataframe().to_csv(FILE), then knobwise import csv"
        raise UsageError("neither Optuna's journal file nor its SQLite", word=str(path), hint=hint)
    return [study for study in replay.studies if study is not None], refused


class _Replay:
    """Applies the operations of a journal file."""

    def __init__(self) -> None:
        self.studies: list[Study | None] = []
        self.trials: list[Trial] = []

    def apply(self, told: dict[str, object]) -> None:
        """Do what one line says."""
        code = told["op_code"]
        if code == 0:
            name = str(told["study_name"])
            if all(study is None or study.name != name for study in self.studies):
                self.studies.append(None)  # one that is not understood has its number, too
                directions = [_place(code) for code in _list(told["directions"])]
                self.studies[-1] = Study(name=name, directions=directions)
        elif code == 1:
            self.studies[_place(told["study_id"])] = None
        elif code == 2:
            study = self.studies[_place(told["study_id"])]
            if study is not None:
                study.attributes.update(_dict(told, "user_attr"))
        elif code == 3:
            study = self.studies[_place(told["study_id"])]
            attributes = told["system_attr"]
            if study is not None and isinstance(attributes, dict):
                study.metrics = names_of(attributes.get("study:metric_names", study.metrics))
        elif code == 4:
            self._create(told)
        elif code in {5, 6, 7, 8}:
            trial = self.trials[_place(told["trial_id"])]
            if trial.state in _OPEN:
                self._change(trial, told)

    def _create(self, told: dict[str, object]) -> None:
        trial = Trial(number=0, state=_OPEN[0])
        self.trials.append(trial)  # one that is not understood has its number, too
        study = self.studies[_place(told["study_id"])]
        trial.number, trial.state = len(study.trials) if study else 0, _state(told.get("state", 0))
        trial.internal = {name: float(str(v)) for name, v in _dict(told, "params").items()}
        trial.distributions = {name: str(v) for name, v in _dict(told, "distributions").items()}
        trial.attributes = _dict(told, "user_attrs")
        trial.reported = [(int(s), v) for s, v in _dict(told, "intermediate_values").items()]
        one = told.get("value")
        trial.values = list(told.get("values") or ([] if one is None else [one]))  # type: ignore[call-overload]
        trial.began, trial.ended = told.get("datetime_start"), told.get("datetime_complete")
        if study is not None:
            study.trials.append(trial)

    def _change(self, trial: Trial, told: dict[str, object]) -> None:
        match told["op_code"]:
            case 5:
                name = str(told["param_name"])
                trial.internal[name] = float(str(told["param_value_internal"]))
                trial.distributions[name] = str(told["distribution"])
            case 6:
                trial.state = _state(told["state"])
                trial.values = list(told.get("values") or ())  # type: ignore[call-overload]
                trial.began = told.get("datetime_start") or trial.began
                trial.ended = told.get("datetime_complete") or trial.ended
            case 7:
                trial.reported.append((_place(told["step"]), told["intermediate_value"]))
            case 8:
                trial.attributes.update(_dict(told, "user_attr"))


def _place(value: object) -> int:
    if not isinstance(value, int) or value < 0:
        raise ValueError(value)
    return value


def _state(value: object) -> int:
    state = _place(value)
    if state >= len(STATES):
        raise ValueError(value)
    return state


def _list(value: object) -> list[Json]:
    if not isinstance(value, list):
        raise ValueError(value)
    return value


def names_of(value: object) -> list[str]:
    """Names of objectives. Raises ValueError for what is no list of texts."""
    names = _list(value)
    if not all(isinstance(name, str) for name in names):
        raise ValueError(value)
    return [str(name) for name in names]


def _dict(told: dict[str, object], key: str) -> dict[str, Json]:
    value = told.get(key) or {}
    if not isinstance(value, dict):
        raise ValueError(key)
    return dict(value)
