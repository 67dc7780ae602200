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
from tests.report.planted import planted


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


def measure(n_runs: int, n_parameters: int) -> str:
    """One line of the table."""
    report = wide(planted(n_runs=n_runs, n_configurations=n_runs * 5 // 6), n_parameters)
    times = []
    works: tuple[Callable[[], str], ...] = (
        lambda: html.render([report]),
        lambda: markdown.render([report]),
        lambda: to_report_json([report]),
    )
    for work in works:
        started, cpu = time.perf_counter(), time.process_time()
        text = work()
        times.append((time.perf_counter() - started, time.process_time() - cpu, len(text.encode())))
    saved = to_report_json([report])
    started = time.perf_counter()
    from_json(saved)
    read = time.perf_counter() - started
    (page, cpu, size), (_, markdown_cpu, _), (_, json_cpu, json_size) = times
    return (
        f"| {n_runs:,} × {n_parameters} | {page:.2f} | {cpu:.2f} | {size / 1e6:.2f} | "
        f"{markdown_cpu:.2f} | {json_cpu:.2f} | {json_size / 1e6:.1f} | {read:.2f} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, nargs="+", default=[200, 10_000, 100_000])
    parser.add_argument("--parameters", type=int, nargs="+", default=[10, 20])
    parser.add_argument("--small", action="store_true", help="200 runs, 10 parameters only")
    options = parser.parse_args()
    if options.small:
        options.runs, options.parameters = [200], [10]
    started = time.perf_counter()
    html.render([planted(n_runs=20, n_configurations=15)])
    print(
        f"first page, with the imports of seaborn and pandas: {time.perf_counter() - started:.2f} s"
    )
    print("| runs × parameters | page, s | CPU, s | page, MB | Markdown, CPU s | JSON, CPU s | "
          "JSON, MB | JSON read, s |")  # fmt: skip
    print("|---|--:|--:|--:|--:|--:|--:|--:|")
    for n_parameters in options.parameters:
        for n_runs in options.runs:
            print(measure(n_runs, n_parameters), flush=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory: {peak:.0f} MB")


if __name__ == "__main__":
    main()
