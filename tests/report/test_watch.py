"""Following a journal: a page on the loopback that answers to nobody else and ends cleanly."""

import http.client
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

import journal
from analysis import html, intake, watch
from analysis.cli import main
from analysis.codec import to_report_json
from analysis.errors import InputError
from analysis.watch import Board, Live, Server
from tests.report.edges import no_runs

PATIENCE = 120.0


@contextmanager
def serving(page: str = "<p>one"):
    board = Board()
    board.put(page, "v1")
    server = Server(board, Live("nonce"), port=0, base_policy=html.POLICY)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield board, server
    finally:
        board.end()
        server.shutdown()
        thread.join()
        server.server_close()


def ask(server: Server, path: str = "/", method: str = "GET", **headers: str):
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=PATIENCE)
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, headers=sent)
    answer = connection.getresponse()
    body = answer.read() if path != "/events" or answer.status != 200 else b""
    return answer, body, connection


def test_it_listens_on_the_loopback_only():
    with serving() as (_, server):
        assert server.server_address[0] == "127.0.0.1"


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "LOCALHOST", "[::1]"])
def test_its_own_names_get_the_page(name):
    with serving() as (_, server):
        answer, body, connection = ask(server, Host=f"{name}:{server.server_port}")
        connection.close()
    assert (answer.status, body) == (200, b"<p>one")


@pytest.mark.parametrize("path", ["/", "/events", "/etc/passwd"])
@pytest.mark.parametrize(
    "name", ["evil.invalid", "127.0.0.1.evil.invalid", "localhost", "127.0.0.1:1", "", "0.0.0.0"]
)
def test_other_names_are_refused_before_anything_else(name, path):
    with serving() as (_, server):
        answer, body, connection = ask(server, path, Host=name)
        connection.close()
    assert answer.status == 421
    assert b"one" not in body


@pytest.mark.parametrize(("site", "status"), [("same-origin", 200), ("none", 200),
                                              ("cross-site", 403), ("same-site", 403)])  # fmt: skip
def test_other_sites_may_not_read_it(site, status):
    with serving() as (_, server):
        answer, _, connection = ask(server, Sec_Fetch_Site=site)
        connection.close()
    assert answer.status == status
    assert answer.headers["Access-Control-Allow-Origin"] is None


@pytest.mark.parametrize("path", ["/x", "/../etc/passwd", "/?a", "/favicon.ico"])
def test_there_is_one_page_only(path):
    with serving() as (_, server):
        answer, _, connection = ask(server, path)
        connection.close()
    assert answer.status == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "HEAD"])
def test_it_is_read_only(method):
    with serving() as (_, server):
        answer, _, connection = ask(server, method=method)
        connection.close()
    assert answer.status == 501


def test_the_policy_is_sent_and_names_the_scripts_nonce():
    with serving() as (_, server):
        answer, _, connection = ask(server)
        connection.close()
    policy = answer.headers["Content-Security-Policy"]
    assert policy == f"{html.POLICY}; script-src 'nonce-nonce'; connect-src 'self'"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_new_page_rings_the_bell():
    with serving() as (board, server):
        answer, _, connection = ask(server, "/events")
        assert answer.readline() == b"data: v1\n"
        board.put("<p>two", "v2")
        assert answer.readline() == b"\n"
        assert answer.readline() == b"data: v2\n"
        connection.close()


@pytest.mark.parametrize(
    "asked",
    [
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: evil.invalid\r\n\r\n",
        b"GET / HT",
    ],
    ids=["page", "refusal", "half a request"],
)
def test_a_reader_who_drops_the_page_is_no_error(asked, capsys):
    dropped, ended = threading.Event(), threading.Event()

    class Slow(watch.Handler):
        def parse_request(self):
            dropped.wait(PATIENCE)
            return super().parse_request()

        def finish(self):
            super().finish()
            ended.set()

    with serving("x" * 10**7) as (_, server):
        server.RequestHandlerClass = Slow
        reader = socket.create_connection(("127.0.0.1", server.server_port))
        reader.sendall(asked.replace(b"127.0.0.1", f"127.0.0.1:{server.server_port}".encode()))
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        time.sleep(0.05)  # the request is there before the connection is reset
        reader.close()
        dropped.set()
        assert ended.wait(PATIENCE)
        answer, body, connection = ask(server)
        connection.close()
    assert (answer.status, len(body)) == (200, 10**7)
    assert capsys.readouterr().err == ""


def test_a_served_page_reloads_itself_and_a_written_one_has_no_script():
    live = html.render([no_runs()], live=Live("abcdefgh-nonce", 3))
    assert '<script nonce="abcdefgh-nonce">' in live
    assert '"abcdefgh-3"' in live
    assert "EventSource" not in html.render([no_runs()])


def test_what_cannot_be_followed_is_refused(tmp_path):
    with pytest.raises(InputError, match="is no folder"):
        watch.signature("postgresql://host/db")
    assert watch.signature(str(tmp_path)) == ()
    (tmp_path / "a.jsonl").write_text("1\n")
    before = watch.signature(str(tmp_path))
    with (tmp_path / "a.jsonl").open("a") as file:
        file.write("2\n")
    assert watch.signature(str(tmp_path)) != before


def test_a_taken_port_is_refused():
    with serving() as (_, server), pytest.raises(InputError, match="cannot be had"):
        watch.follow(lambda live: "", lambda: 0, live=Live("n"), policy="", port=server.server_port)


class AwayError(Exception):
    """A database that does not answer."""


def following(steps, render=lambda live: f"<p>{live.number}", **options) -> list[str]:
    """The pages shown while `changed` takes these steps: a state, or an error; then Ctrl-C."""
    pages, rest = [], iter(steps)

    def changed():
        step = next(rest, None)
        if step is None:
            signal.raise_signal(signal.SIGINT)
        if isinstance(step, Exception):
            raise step
        return step

    def shown(live):
        pages.append(render(live))
        return pages[-1]

    watch.follow(
        shown, changed, live=Live("nonce"), policy="", interval=0.01, outages=(AwayError, OSError),
        **options,
    )  # fmt: skip
    return pages


def test_the_last_good_page_stays_while_the_journal_is_away(capsys):
    gone = InputError("runs is no folder", where="--watch")
    pages = following(
        ["a", gone, gone, "a", gone, OSError(5, "no such disk"), AwayError("gone"), "b"]
    )
    assert pages[:2] == ["<p>1", "<p>2"]
    told = capsys.readouterr().err.splitlines()
    assert told[1:-1] == [
        "knobwise: --watch: runs is no folder",
        "knobwise: --watch: runs is no folder",
        "knobwise: [Errno 5] no such disk",
        "knobwise: gone",
    ]


def test_a_rendering_that_an_outage_broke_off_is_made_when_it_is_over():
    broken = iter([False, True, True, False])

    def render(live):
        if next(broken, False):
            raise AwayError("the server is away")
        return f"<p>{live.number}"

    assert following(["a", "b", "b", "b", "b", "b"], render)[:2] == ["<p>1", "<p>4"]


def test_an_error_of_the_analysis_is_told_once_and_waits_for_other_runs(capsys):
    broken = iter([False, True])

    def render(live):
        if next(broken, False):
            raise InputError("odd \x1b]0;x\a")
        return f"<p>{live.number}"

    assert following(["a", "b", "b", "b", "c", "c"], render)[:2] == ["<p>1", "<p>3"]
    assert capsys.readouterr().err.count("knobwise: odd \\x1b]0;x\\x07\n") == 1


def test_other_errors_are_no_outage():
    with pytest.raises(ZeroDivisionError):
        following(["a", ZeroDivisionError()])


def test_a_journals_errors_are_outages():
    assert issubclass(journal.ReadFailed, intake.OUTAGES)


@pytest.mark.parametrize("flag", [["--figures", "figures"], ["--strict"]])
def test_what_following_has_no_use_for_is_refused(flag, capsys):
    assert main(["report", "-m", "loss", "--watch", *flag]) == 2
    assert f"no use for {flag[0]}" in capsys.readouterr().err


def test_a_port_is_where_it_is_followed(capsys):
    assert main(["report", "-m", "loss", "--port", "8000"]) == 2
    assert "--port is where --watch serves" in capsys.readouterr().err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_command_follows_and_ends_cleanly(tmp_path, number):
    """A saved report stands for the journal: it is followed in the same way."""
    saved = tmp_path / "saved.json"
    saved.write_text(to_report_json([no_runs()]), encoding="utf-8")
    code = (
        "import sys, typer; from analysis import report_cli; app = typer.Typer();"
        "report_cli.mount(app); sys.exit(app(sys.argv[1:], standalone_mode=False))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(saved), "-o", str(tmp_path / "x.html"), "--watch"],
        stderr=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    try:
        assert process.stderr is not None
        port = int(process.stderr.readline().split("127.0.0.1:")[1].split("/")[0])
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        connection.request("GET", "/events")
        events = connection.getresponse()
        first = events.readline()
        saved.write_text(saved.read_text(encoding="utf-8") + " ", encoding="utf-8")
        os.utime(saved, (time.time() + 5, time.time() + 5))
        lines = [events.readline() for _ in range(2)]
        assert lines[1].startswith(b"data: ")
        assert lines[1] != first
        process.send_signal(number)
        _, err = process.communicate(timeout=PATIENCE)
        connection.close()
    finally:
        process.kill()
        process.wait()
    assert (process.returncode, err) == (0, "ended\n")
