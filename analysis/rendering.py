"""Reports into files: the suffix decides which rendering; figures into a folder of their own."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Sequence
from pathlib import Path

from analysis.errors import InputError, Misused, require_kind, shown
from analysis.results import Report
from analysis.usable import every
from journal.shell import quoted

Renderer = Callable[[Sequence[Report], str], str]
_SLUG = re.compile(r"[^\w.-]+")
_SLUG_LENGTH = 40


def _html(reports: Sequence[Report], language: str) -> str:
    from analysis import html

    return html.render(reports, language=language)


def _markdown(reports: Sequence[Report], language: str) -> str:
    from analysis import markdown

    return markdown.render(reports, language=language)


def _json(reports: Sequence[Report], language: str) -> str:
    from analysis import codec

    del language  # JSON has none
    return codec.to_report_json(reports)


RENDERERS: dict[str, Renderer] = {".html": _html, ".htm": _html, ".md": _markdown, ".json": _json}


def renderer(path: Path) -> Renderer:
    """What writes a file of this name.

    Raises: Misused when the suffix says nothing.
    """
    found = RENDERERS.get(path.suffix.lower())
    if found is None:
        raise Misused(
            f"cannot tell the format from {path.name!r}",
            where="path",
            flag="--output",
            hint="name it .html, .md or .json",
            word=f"{path}",
        )
    return found


def check(path: Path, folder: Path | None = None) -> None:
    """Say before the work what `write`, and `figures` into the folder, would say after it.

    Raises: Misused when the suffix says nothing; InputError when a file cannot be there.
    """
    renderer(path)
    real = Path(os.path.realpath(path))
    if real.is_dir():
        raise InputError("cannot write it: it is a folder", where=str(path))
    if not _nearest(real.parent).is_dir():
        raise InputError("cannot write it: a file stands in its way", where=str(path))
    if not real.parent.is_dir():
        make = f"make the folder first: mkdir -p {quoted(str(path.parent))}"
        raise InputError("cannot write it: No such file or directory", where=str(path), hint=make)
    special = real.exists() and not real.is_file()
    _check_writable(real if special else real.parent, where=path)
    if folder is not None:
        there = _nearest(folder)
        if not there.is_dir():
            raise InputError("cannot make it: a file stands there", where=str(folder))
        _check_writable(there, where=folder)


def _nearest(place: Path) -> Path:
    """The place itself, or the nearest above it that there is."""
    return next(there for there in (place, *place.absolute().parents) if there.exists())


def _check_writable(place: Path, *, where: Path) -> None:
    if not os.access(place, os.W_OK):
        raise InputError("cannot write it: Permission denied", where=str(where))


def write(reports: Report | Sequence[Report], path: Path | str, *, language: str = "en") -> int:
    """Write one report or several as a page, Markdown or JSON, by the suffix; the size in bytes.

    A reader sees the old file or the whole new one.
    Raises: `Misused` when the suffix says nothing, `InputError` when the file cannot be written.
    """
    if not isinstance(path, str | os.PathLike):
        raise Misused(f"a text or a Path, not {shown(path)}", where="path")
    path = Path(path)
    require_kind(language, str, what="language", hint="en or ko")
    reports = every(reports, Report, what="what is written", hint="see assess")
    if not reports:
        raise Misused("there is no report to write", where=str(path))
    data = renderer(path)(reports, language).encode("utf-8")
    replace(path, data)
    return len(data)


def replace(path: Path, data: bytes) -> None:
    """Put the bytes in the file's place at once, where a symbolic link leads.

    Who may read what was there may read the new. A pipe or a device is written to.
    (``journal.cli_export`` does the same.)

    Raises: InputError when the file cannot be written.
    """
    try:
        mode = path.stat().st_mode if path.exists() else 0
        if not mode or stat.S_ISREG(mode) or stat.S_ISDIR(mode):
            _replace(Path(os.path.realpath(path)), data, mode)
        else:
            path.write_bytes(data)
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(f"cannot write it: {reason}", where=str(path)) from error


def _replace(path: Path, data: bytes, mode: int) -> None:
    """Put a file with this mode (0: a new file's) in the place."""
    partial = path.with_name(f".{path.name}.{os.urandom(4).hex()}")
    allowed = 0o600 if mode else 0o666
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, allowed)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        if mode and partial.stat().st_mode != mode:
            partial.chmod(stat.S_IMODE(mode))
        partial.replace(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def figures(reports: Sequence[Report], folder: Path, *, language: str = "en") -> list[Path]:
    """Every figure of the reports as SVG and PNG; return what was written.

    Raises: InputError when the folder cannot be written.
    """
    from analysis import svg
    from analysis.figures import Gallery
    from analysis.words import Voice, words

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot make it: {error.strerror}", where=str(folder)) from error
    written = []
    for place, report in enumerate(reports, start=1):
        head = f"{place}-{_slug(report.metric.name)}-" if len(reports) > 1 else ""
        gallery = Gallery(report, words(language), Voice(words(language)))
        for picture in gallery.every():
            tail = f"-{_slug(picture.parameter)}" if picture.parameter else ""
            drawn = picture.draw()
            text = svg.standalone(
                drawn, key=picture.key, title=picture.title, description=picture.description
            )
            for suffix, data in ((".svg", text.encode("utf-8")), (".png", svg.png(drawn))):
                path = folder / f"{head}{picture.key}{tail}{suffix}"
                replace(path, data)
                written.append(path)
    return written


def _slug(name: str) -> str:
    """A name that any file system takes; others may have the same."""
    return _SLUG.sub("_", name).strip("._")[:_SLUG_LENGTH] or "unnamed"
