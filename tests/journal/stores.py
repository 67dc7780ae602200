"""Trackers' own files, unpacked where an importer may read them."""

from __future__ import annotations

import tarfile
from pathlib import Path

FILES = Path(__file__).parent / "files"


def unpack_mlruns(folder: Path | str) -> None:
    """MLflow's folder of runs. Python 3.11.3 and before, which Debian has, know no filter."""
    with tarfile.open(FILES / "mlruns.tar.gz") as archive:
        archive.extraction_filter = getattr(tarfile, "data_filter", None)
        archive.extractall(folder)
