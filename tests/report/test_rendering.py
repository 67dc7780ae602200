"""The command: files by their suffix, a saved report rendered again, errors in one line."""

import json
import os
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

import journal
from analysis import rendering, report_cli
from analysis.cli import main
from analysis.codec import contract, from_json, to_json, to_report_json
from analysis.errors import InputError
from analysis.numerals import share
from analysis.request import Request
from tests.report.edges import EDGES, small
from tests.report.planted import planted, withheld


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "saved.json"
    path.write_text(to_report_json([small(planted())]), encoding="utf-8")
    return path


def run(*words: object) -> tuple[int, str, str]:
    application = typer.Typer(pretty_exceptions_enable=False)
    report_cli.mount(application)
    result = CliRunner().invoke(application, [str(word) for word in words], standalone_mode=False)
    if result.exception is not None:
        raise result.exception
    return result.return_value, result.stdout, result.stderr


@pytest.mark.parametrize("suffix", [".html", ".md", ".json"])
def test_a_saved_report_is_rendered_again(saved, tmp_path, suffix):
    first, second = tmp_path / f"a{suffix}", tmp_path / f"b{suffix}"
    assert run(saved, "-o", first)[0] == 0
    run(saved, "-o", second)
    assert first.read_bytes() == second.read_bytes()
    assert rendering.RENDERERS[suffix]([small(planted())], "en").encode() == first.read_bytes()


def test_json_through_json_is_the_same_bytes(saved, tmp_path):
    run(saved, "-o", tmp_path / "again.json")
    assert (tmp_path / "again.json").read_bytes() == saved.read_bytes()


def test_the_answer_goes_to_stdout_and_what_was_written_to_stderr(saved, tmp_path):
    _, out, err = run(saved, "-o", tmp_path / "x.md")
    assert out.startswith("val_error (lower is better): 180 of 195 runs")
    assert re.fullmatch(r"wrote .*x\.md \(\d+ kB\)\n", err)


def test_every_file_that_is_asked_for_is_written_by_its_suffix(saved, tmp_path):
    places = [tmp_path / f"x{suffix}" for suffix in (".html", ".md", ".json")]
    status, _, err = run(saved, *(word for place in places for word in ("-o", place)))
    assert status == 0
    assert re.findall(r"wrote .*(x\.\w+) ", err) == ["x.html", "x.md", "x.json"]
    assert places[2].read_bytes() == saved.read_bytes()
    asked = ["report", str(saved), "-o", str(tmp_path / "y.md"), "-o", "y.pdf"]
    assert (main(asked), (tmp_path / "y.md").exists()) == (2, False)


def test_the_language_is_an_option(saved, tmp_path):
    run(saved, "-o", tmp_path / "x.md", "--lang", "ko")
    assert "다음 할 일" in (tmp_path / "x.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "expected", "said"),
    [
        (["-o", "x.pdf"], 2, "cannot tell the format from 'x.pdf'"),
        (["-o", "x.html", "--lang", "tlh"], 2, "no language 'tlh'"),
        (["-o", "/nowhere/x.md"], 1, "/nowhere/x.md: cannot write it: No such file"),
    ],
)
def test_refusals_are_one_line_with_the_place(saved, capsys, words, expected, said):
    assert main(["report", str(saved), *words]) == expected
    err = capsys.readouterr().err
    assert said in err
    assert "Traceback" not in err


def test_where_a_file_stands_in_the_way_no_folder_is_offered(saved, tmp_path):
    (tmp_path / "t.csv").write_text("a,b")
    status, _, err = run(saved, "-o", tmp_path / "t.csv" / "x.html")
    assert status == 1
    assert "cannot write it: a file stands in its way" in err
    assert "mkdir" not in err


def test_a_broken_report_is_refused(tmp_path):
    (tmp_path / "old.json").write_text("{}")
    status, _, err = run(tmp_path / "old.json", "-o", tmp_path / "x.html")
    assert status == 1
    assert "old.json: this JSON is no report of Knobwise" in err
    assert not (tmp_path / "x.html").exists()


@pytest.mark.parametrize("words", [[], ["saved.json", "-m", "accuracy"]])
def test_either_a_metric_or_a_report(words):
    with pytest.raises(typer.BadParameter, match="either a metric"):
        run(*words)


@pytest.mark.parametrize(
    "words",
    [
        ("--where", "lr<1"), ("--margin", 0.1), ("--transform", "log"), ("--block", "host"),
        ("--seed", 3), ("--journal", "runs"), ("--minimize",), ("--by", "host"), ("--workers", 2),
    ],
)  # fmt: skip
def test_a_saved_report_cannot_be_asked_anew(saved, tmp_path, words):
    with pytest.raises(typer.BadParameter, match=f"{words[0]} asks a journal") as caught:
        run(saved, *words, "-o", tmp_path / "z.html")
    assert caught.value.exit_code == 2
    assert not (tmp_path / "z.html").exists()


def test_withheld_is_3_only_where_asked(tmp_path):
    (tmp_path / "w.json").write_text(to_report_json([withheld()]), encoding="utf-8")
    assert run(tmp_path / "w.json", "-o", tmp_path / "w.md")[0] == 0
    assert run(tmp_path / "w.json", "-o", tmp_path / "w.md", "--strict")[0] == 3


def test_figures_go_to_a_folder_as_svg_and_png(saved, tmp_path):
    run(saved, "-o", tmp_path / "x.md", "--figures", tmp_path / "figures")
    names = {path.name for path in (tmp_path / "figures").iterdir()}
    assert {"risks.svg", "risks.png", "marginal-1-lr.svg", "matrix.png"} <= names
    assert {path.suffix for path in (tmp_path / "figures").iterdir()} == {".svg", ".png"}


def test_several_metrics_go_into_one_file(tmp_path):
    reports = [small(planted()), withheld()]
    for suffix in rendering.RENDERERS:
        rendering.write(reports, tmp_path / f"all{suffix}")
    assert len(from_json((tmp_path / "all.json").read_bytes())) == 2
    assert "No answer from these runs" in (tmp_path / "all.md").read_text(encoding="utf-8")


def test_a_file_is_replaced_at_once_and_nothing_is_left_behind(tmp_path):
    path = tmp_path / "x.md"
    rendering.write([withheld()], path)
    with pytest.raises(InputError):
        rendering.write([withheld()], tmp_path / "folder" / "x.md")
    path.chmod(0o600)
    rendering.write([withheld()], path)
    assert [item.name for item in tmp_path.iterdir()] == ["x.md"]
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("mask", [0o022, 0o077])
def test_a_new_file_has_the_mode_of_every_other(tmp_path, mask):
    before = os.umask(mask)
    try:
        rendering.write([withheld()], tmp_path / "x.md")
        (tmp_path / "x.md").chmod(0o664)
        rendering.write([withheld()], tmp_path / "x.md")
        rendering.write([withheld()], tmp_path / "y.md")
    finally:
        os.umask(before)
    modes = [path.stat().st_mode & 0o777 for path in sorted(tmp_path.iterdir())]
    assert modes == [0o664, 0o666 & ~mask]


def test_the_command_in_the_report_leaves_out_what_changes_nothing():
    request = Request(
        metrics=("val error",), journal="data/digits", minimize=True, where=("lr<1e-2",), workers=4
    )
    assert report_cli.command(request) == (
        "knobwise report -m 'val error' --journal data/digits --minimize --where 'lr<1e-2' --seed 0"
    )


def test_a_journal_and_a_seed_give_the_same_bytes_whatever_the_workers(tmp_path):
    with journal.open(tmp_path / "runs") as book:
        for i in range(20):
            lr, bs = 10 ** -(1 + i % 10 / 3), (8, 16, 32)[i % 3]
            with book.run(lr=lr, bs=bs, seed=i) as started:
                started.result(acc=0.9 - 0.01 * (i % 10) + 0.0001 * (i * 7 % 5))
    asked = ("-m", "acc", "--journal", tmp_path / "runs", "--maximize")
    made = {name: tmp_path / name for name in ("a.html", "b.html", "a.json", "c.html", "c.json")}
    run(*asked, "-o", made["a.html"])
    run(*asked, "--workers", 2, "-o", made["b.html"])
    run(*asked, "-o", made["a.json"])
    for name in ("c.html", "c.json"):  # a saved report is the report: rendered, and saved again
        run(made["a.json"], "-o", made[name])
    told = {name: path.read_bytes() for name, path in made.items()}
    assert told["a.html"] == told["b.html"] == told["c.html"]
    assert told["a.json"] == told["c.json"]
    (row, _) = json.loads(told["a.json"])["parameters"]
    assert row["anova"].keys() == json.loads(to_json(planted()))["parameters"][0]["anova"].keys()


def test_all_four_say_the_same_numbers():
    """Risk, total and first order of every parameter: JSON, page, Markdown, terminal."""
    from analysis import html, markdown, terminal

    report = planted()
    texts = [html.render([report]), markdown.render([report]), terminal.render(report)]
    for row in json.loads(json.dumps(contract(report)))["parameters"]:
        if row["tuning_risk"] is None:
            continue
        risk, total = row["tuning_risk"], row["total"]
        said = f"{risk['mean']:.4f} [{risk['low']:.4f}, {risk['high']:.4f}]"
        bare = re.sub(r"\b0\.", ".", said)
        assert [said in text or bare in text for text in texts] == [True] * 3
        assert f"{total['share']:.2f} [{total['low']:.2f}, {total['high']:.2f}]" in texts[0]
        assert share(total["share"])[1:] in texts[2]


def test_a_link_stays_and_a_pipe_is_written_to(tmp_path):
    link, target, pipe = tmp_path / "link.md", tmp_path / "target.md", tmp_path / "pipe.md"
    link.symlink_to(target)
    rendering.replace(link, b"new")
    assert (link.is_symlink(), target.read_bytes()) == (True, b"new")
    os.mkfifo(pipe)
    with ThreadPoolExecutor() as threads:
        reading = threads.submit(pipe.read_bytes)
        rendering.replace(pipe, b"through")
        assert reading.result(20) == b"through"
    assert pipe.is_fifo()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.md", "pipe.md", "target.md"]


def test_metrics_of_one_name_have_figures_of_their_own(tmp_path):
    """As file names: a slash is an underscore, and what is long is cut."""
    names = ["val/loss", "val_loss", f"{'x' * 40}1", f"{'x' * 40}2", "정확도", "/"]
    plain = replace(EDGES["one parameter"](), points=(), best=())
    reports = [replace(plain, metric=replace(plain.metric, name=name)) for name in names]
    written = rendering.figures(reports, tmp_path)
    assert len({*written}) == len(written) == len([*tmp_path.iterdir()])
    heads = {path.name.partition("risks")[0] for path in written if "risks" in path.name}
    assert {"1-val_loss-", "2-val_loss-", "5-정확도-", "6-unnamed-"} < heads


def test_a_file_that_cannot_be_is_said_before_the_work(saved, tmp_path, monkeypatch):
    monkeypatch.setattr(report_cli.Source, "reports", lambda self: pytest.fail("it has worked"))
    (tmp_path / "folder.md").mkdir()
    for words, said in (
        (("-o", tmp_path / "no" / "such" / "x.md"), f"mkdir -p {tmp_path}/no/such"),
        (("-o", tmp_path / "folder.md"), "it is a folder"),
        (("-o", tmp_path / "x.md", "--figures", saved / "figures"), "a file stands there"),
    ):
        with pytest.raises(InputError) as refused:
            rendering.check(words[1], words[3] if len(words) > 2 else None)
        assert said in f"{refused.value} {refused.value.hint}"
        status, out, err = run(saved, *words)
        assert (status, out) == (1, "")
        assert said in err
    rendering.check(tmp_path / "x.md", tmp_path / "a" / "b")


def test_the_answer_is_shown_though_the_file_fails(saved, tmp_path, monkeypatch):
    def full(path: Path, data: bytes) -> None:
        raise InputError("cannot write it: No space left on device", where=str(path))

    monkeypatch.setattr(rendering, "replace", full)
    status, out, err = run(saved, "-o", tmp_path / "x.md")
    assert status == 1
    assert out.startswith("val_error (lower is better): 180 of 195 runs")
    assert "No space left" in err
