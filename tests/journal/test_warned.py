"""Warnings of a recording: which line of the program they name."""

import asyncio
import linecache
import threading
import warnings


def test_a_warning_names_the_line_of_the_program_that_called(book):
    @book.run()
    async def train():
        return {"loss": None}

    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        with book.run() as run:
            run.log(0, loss="high")
            thread = threading.Thread(target=run.note, args=("\ud800",))
            thread.start()
            thread.join()
        asyncio.run(train())
    here, line = __file__, told[0].lineno
    assert "run.log(0, " in linecache.getline(here, line)
    assert [(warning.filename, warning.lineno) for warning in told] == [
        (here, line), ("knobwise", 0), (here, line + 4),
    ]  # fmt: skip
