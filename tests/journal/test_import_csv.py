"""``knobwise import csv``: what is wrong about a table, and what cures it."""

import locale
from pathlib import Path

import pytest

KOREAN = "학습률,정확도\n0.1,0.5\n"


@pytest.mark.parametrize(
    ("data", "own", "guess"),
    [
        (KOREAN.encode("cp949"), "UTF-8", "CP949"),
        (KOREAN.encode("utf-16"), "UTF-8", "UTF-16"),
        ("lr,精度\n".encode("cp932"), "cp932", "CP932"),
        ("größe,acc\n".encode("latin-1"), "UTF-8", "ENCODING"),
        ("größe,acc\n".encode("latin-1"), "ISO-8859-1", "ENCODING"),  # it takes any bytes
        (KOREAN.encode("cp949") + b"\xff", "UTF-8", "ENCODING"),
    ],
)
def test_the_encoding_is_guessed_where_the_bytes_speak_for_it(
    knobwise, monkeypatch, data, own, guess
):
    monkeypatch.setattr(locale, "getencoding", lambda: own)
    Path("t.csv").write_bytes(data)
    refused = knobwise("import", "csv", "t.csv", "-m", "acc")
    assert refused.status == 2
    assert "the encoding it was saved in" in refused.err
    assert f"iconv -f {guess} -t UTF-8 t.csv > utf8.csv" in refused.err
