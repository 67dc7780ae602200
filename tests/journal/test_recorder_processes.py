"""Recording across processes: fork, multiprocessing, pickling, signals, an end without a word."""

import signal

import pytest

import journal
from journal.events import Finished
from tests.journal.programs import await_line, begin, end, perform


def only():
    (run,) = journal.open().runs()
    return run


def points(name):
    return len(only().series[name])


def test_a_forked_child_logs_for_itself_and_does_not_end_the_run():
    status, _, err = perform(
        """
        import os, journal
        with journal.run(lr=1) as run:
            for step in range(50):
                run.log(step, parent=step)
            child = os.fork()
            for step in range(50):
                run.log(step, {"parent" if child else "child": 50 + step})
            if child == 0:
                run.flush()
                run.finish("failed")
                os._exit(0)
            assert os.waitpid(child, 0)[1] == 0
            run.result(acc=1)
        """
    )
    assert (status, err) == (0, "")
    run = only()
    assert [p[1] for p in run.series["parent"]].count(50.0) == 1
    assert len(run.series["parent"]) == 100
    assert len(run.series["child"]) == 50
    assert (run.status, run.metrics["acc"]) == ("finished", 1.0)
    assert [type(e) for e in journal.open().read().events].count(Finished) == 1


def test_forks_beside_threads_that_log_neither_hang_nor_double():
    """A lock that a thread holds at the fork would stay locked in the child."""
    status, _, err = perform(
        """
        import os, threading, journal
        with journal.run() as run:
            stop = threading.Event()
            counts = [0, 0]
            def work(which):
                while not stop.is_set():
                    run.log(counts[which], {f"t{which}": counts[which]})
                    counts[which] += 1
                    if counts[which] % 50 == 0:
                        run.flush()
            threads = [threading.Thread(target=work, args=(i,)) for i in range(2)]
            for thread in threads:
                thread.start()
            for i in range(20):
                child = os.fork()
                if child == 0:
                    run.log(i, child=i)
                    run.flush()
                    os._exit(0)
                assert os.waitpid(child, 0)[1] == 0
            stop.set()
            for thread in threads:
                thread.join()
            run.result(t0=counts[0], t1=counts[1])
        """
    )
    assert (status, err) == (0, "")
    run = only()
    assert [p[0] for p in run.series["child"]] == list(range(20))
    for name in ("t0", "t1"):
        assert [p[0] for p in run.series[name]] == list(range(int(run.metrics[name])))


def test_a_child_that_leaves_the_block_does_not_end_the_run():
    status, _, _ = perform(
        """
        import os, sys, journal
        with journal.run() as run:
            child = os.fork()
            if child == 0:
                run.log(0, child=1)
                sys.exit(3)
            assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 3
        """
    )
    assert status == 0
    assert (only().status, points("child")) == ("finished", 1)


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_workers_of_a_pool_log_into_the_run_they_were_given(tmp_path, method):
    (tmp_path / "pool.py").write_text(
        f"""
import multiprocessing, journal

def work(given):
    run, worker = given
    for step in range(20):
        run.log(step, {{f"w{{worker}}": step}})
    run.result({{f"best{{worker}}": worker}})
    return run.id

if __name__ == "__main__":
    with journal.run() as run:
        with multiprocessing.get_context("{method}").Pool(2) as pool:
            assert set(pool.map(work, [(run, i) for i in range(3)])) == {{run.id}}
            pool.close()
            pool.join()
"""
    )
    status, _, err = perform("import runpy; runpy.run_path('pool.py', run_name='__main__')")
    assert (status, err) == (0, "")
    run = only()
    assert {f"w{i}": len(run.series[f"w{i}"]) for i in range(3)} == {"w0": 20, "w1": 20, "w2": 20}
    assert [run.metrics[f"best{i}"] for i in range(3)] == [0.0, 1.0, 2.0]
    assert run.status == "finished"
    assert not journal.open().read().damage


def test_a_process_forked_within_the_run_writes_at_its_end():
    """multiprocessing's children end without atexit."""
    status, _, err = perform(
        """
        import multiprocessing, journal
        with journal.run() as run:
            child = multiprocessing.get_context("fork").Process(
                target=lambda: run.log(1, child=1))
            child.start()
            child.join()
        """
    )
    assert (status, err) == (0, "")
    assert points("child") == 1


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_signal_is_recorded_and_does_what_it_would_have_done(name):
    process = begin(
        """
        import time, journal
        with journal.run() as run:
            run.log(0, loss=1)
            run.result(acc=0.5)
            print("ready", flush=True)
            for _ in range(600): time.sleep(0.1)
        print("never")
        """
    )
    await_line(process, "ready")
    process.send_signal(getattr(signal, name))
    status, out, _ = end(process)
    assert (status, out) == (-getattr(signal, name), "")
    run = only()
    assert (run.status, run.error) == ("killed", name)
    assert run.metrics == {"loss": 1.0, "acc": 0.5}


def test_ctrl_c_is_recorded_and_goes_on_its_way():
    process = begin(
        """
        import time, journal
        with journal.run() as run:
            print("ready", flush=True)
            for _ in range(600): time.sleep(0.1)
        """
    )
    await_line(process, "ready")
    process.send_signal(signal.SIGINT)
    status, _, err = end(process)
    assert status == -signal.SIGINT
    assert "KeyboardInterrupt" in err
    assert only().status == "killed"


def test_a_program_with_a_handler_of_its_own_keeps_it():
    process = begin(
        """
        import signal, sys, time, journal
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))
        with journal.run() as run:
            print("ready", flush=True)
            for _ in range(600): time.sleep(0.1)
        """
    )
    await_line(process, "ready")
    process.send_signal(signal.SIGTERM)
    assert end(process)[0] == 7
    assert (only().status, only().exit_code) == ("failed", 7)


def test_after_the_run_the_signal_has_its_default_again():
    status, out, _ = perform(
        """
        import signal, journal
        with journal.run():
            assert callable(signal.getsignal(signal.SIGTERM))
        print(signal.getsignal(signal.SIGTERM) is signal.SIG_DFL)
        """
    )
    assert (status, out.strip()) == (0, "True")


def test_a_worker_that_a_signal_ends_writes_what_it_logged_and_ends_nothing():
    process = begin(
        """
        import multiprocessing, time, journal
        def work(run, ready):
            run.log(1, child=1)
            ready.set()
            for _ in range(600): time.sleep(0.1)
        with journal.run() as run:
            context = multiprocessing.get_context("fork")
            ready = context.Event()
            child = context.Process(target=work, args=(run, ready))
            child.start()
            ready.wait()
            child.terminate()
            child.join()
            assert child.exitcode == -15
        """
    )
    assert end(process)[0] == 0
    assert (only().status, points("child")) == ("finished", 1)


def test_a_signal_while_writing_loses_nothing_that_was_flushed():
    """The handler interrupts the main thread anywhere, in a write too."""
    for _ in range(3):
        process = begin(
            """
            import journal
            with journal.run() as run:
                print("ready", flush=True)
                step = 0
                while True:
                    run.log(step, loss=step)
                    run.flush()
                    step += 1
                    print(step, flush=True)
            """
        )
        await_line(process, "20")
        process.send_signal(signal.SIGTERM)
        status, out, _ = end(process)
        assert status == -signal.SIGTERM
        acknowledged = max(map(int, out.split()), default=20)
        run = list(journal.open().runs())[-1]
        assert run.status == "killed"
        assert len(run.series["loss"]) >= acknowledged
        assert [p[0] for p in run.series["loss"]] == list(range(len(run.series["loss"])))
    assert not [d for d in journal.open().read().damage if not d.harmless]


def test_a_process_that_ends_without_a_word_is_interrupted():
    process = begin(
        """
        import time, journal
        with journal.run() as run:
            run.log(0, loss=1)
            run.flush()
            print("ready", flush=True)
            time.sleep(60)
        """
    )
    await_line(process, "ready")
    assert only().status == "running"
    process.kill()
    end(process)
    assert (only().status, only().metrics) == ("interrupted", {"loss": 1.0})


def test_what_was_logged_outside_a_block_is_on_disk_at_the_end():
    assert perform("import journal; run = journal.run(); run.log(0, loss=1)")[0] == 0
    assert only().metrics == {"loss": 1.0}
    assert only().status == "interrupted"


def test_recording_loads_no_scientific_package():
    status, out, _ = perform(
        """
        import sys, journal
        with journal.run(lr=1) as run:
            run.log(0, loss=1)
        heavy = {"numpy", "pandas", "scipy", "typer", "multiprocessing", "asyncio", "email"}
        print(sorted(heavy & sys.modules.keys()))
        """
    )
    assert (status, out.strip()) == (0, "[]")
