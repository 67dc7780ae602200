"""Time to render a report, apart from the analysis, and the size of the page.

    python -m benchmarks.report_render [--runs 200 10000 100000] [--parameters 10 20]

The analysis keeps an even sample of 2,000 runs for the pictures; here the report carries all of
them, so that the page itself is measured at its worst.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable
from dataclasses import replace

from analysis import html, markdown
from analysis.codec import from_json, to_report_json
from analysis.results import Report
from benchmarks import record
from tests.report.planted import planted

Row = dict[str, object]
COLUMNS = {
    "page_seconds": "page, s", "page_cpu_seconds": "CPU, s", "page_mb": "page, MB",
    "markdown_cpu_seconds": "Markdown, CPU s", "json_cpu_seconds": "JSON, CPU s",
    "json_mb": "JSON, MB", "json_read_seconds": "JSON read, s",
}  # fmt: skip


def wide(report: Report, n_parameters: int) -> Report:
    """The report with so many parameters: its own, again and again under other names."""
    n = len(report.parameters)
    order = [i % n for i in range(n_parameters)]
    parameters = tuple(
        replace(report.parameters[k], name=f"{report.parameters[k].name}{i // n or ''}")
        for i, k in enumerate(order)
    )
    points = tuple(
        replace(point, values=tuple(point.values[k] for k in order)) for point in report.points
    )
    return replace(report, parameters=parameters, points=points)


def measure(n_runs: int, n_parameters: int) -> Row:
    """Seconds and megabytes of one report's renderings; the first page of a process warms up."""
    report = wide(planted(n_runs=n_runs, n_configurations=n_runs * 5 // 6), n_parameters)
    row: Row = {"runs": n_runs, "parameters": n_parameters}
    works: dict[str, Callable[[], str]] = {
        "page": lambda: html.render([report]),
        "markdown": lambda: markdown.render([report]),
        "json": lambda: to_report_json([report]),
    }
    for what, work in works.items():
        started, cpu = time.perf_counter(), time.process_time()
        text = work()
        row[f"{what}_seconds"] = time.perf_counter() - started
        row[f"{what}_cpu_seconds"] = time.process_time() - cpu
        row[f"{what}_mb"] = len(text.encode()) / 1e6
    saved = to_report_json([report])
    started = time.perf_counter()
    from_json(saved)
    row["json_read_seconds"] = time.perf_counter() - started
    return row


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, nargs="+", default=[200, 10_000, 100_000])
    parser.add_argument("--parameters", type=int, nargs="+", default=[10, 20])
    parser.add_argument("--small", action="store_true", help="200 runs, 10 parameters only")
    options = parser.parse_args()
    if options.small:
        options.runs, options.parameters = [200], [10]
    html.render([planted(n_runs=20, n_configurations=15)])  # seaborn and pandas are imported once
    rows = [measure(n, d) for d in options.parameters for n in options.runs]
    cells = [[row["runs"], row["parameters"], *(row[key] for key in COLUMNS)] for row in rows]
    table = record.markdown(["runs", "parameters", *COLUMNS.values()], cells)
    record.show("Rendering a report, apart from the analysis", table)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory: {peak:.0f} MB")
    record.keep("report_render", rows, small=options.small)


if __name__ == "__main__":
    main()
