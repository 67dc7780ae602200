"""What holds for every test: no judgement by the clock, and a plain environment."""

import gc
import signal
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

FIRST_LINES = 80

# A busy machine is no failure: neither an example's time nor that of drawing it is judged.
settings.register_profile(
    "knobwise", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("knobwise")

# What has been compiled is kept, also where the environment says otherwise: hundreds of programs
# under test would each compile the packages anew, and every worker all modules of tests.
sys.dont_write_bytecode = False

# A shell starts its background jobs with Ctrl-C ignored, nohup its program with the hang-up; all
# programs under test would inherit that, and the tests that send these signals wait for ever.
if threading.current_thread() is threading.main_thread():
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """Thousands of tests and all libraries stay to the end: no search for garbage visits them."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.fixture(scope="session")
def digits(tmp_path_factory):
    """The beginning of the example journal, a journal in its own right; `make report` reads all."""
    folder = tmp_path_factory.mktemp("digits")
    for segment in (Path(__file__).parents[1] / "data" / "digits").glob("*.jsonl"):
        lines = segment.read_bytes().splitlines(keepends=True)[:FIRST_LINES]
        (folder / segment.name).write_bytes(b"".join(lines))
    return folder


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch):
    """What limits numeric threads or keeps no bytecode here is not seen by programs under test."""
    threads = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")
    for name in (*threads, "KNOBWISE_JOURNAL", "PYTHONDONTWRITEBYTECODE"):
        monkeypatch.delenv(name, raising=False)
