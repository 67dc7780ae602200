"""Times as the file has them."""

from __future__ import annotations

from datetime import UTC, datetime

from journal.packing import BodyError, Json


def stamp(at: datetime) -> str:
    """A time as the file has it: UTC, microseconds, 27 characters that sort as times do."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")[:26] + "Z"


def local(at: datetime) -> str:
    """A time as people read it: local, with its offset."""
    return f"{at.astimezone():%Y-%m-%d %H:%M:%S %z}"


def read_stamp(text: Json) -> datetime:
    """The time back from its 27 characters."""
    if not isinstance(text, str) or len(text) != 27 or text[26] != "Z":
        raise BodyError(f"{text!r} is not a time")
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise BodyError(f"{text!r} is not a time") from None


def moment(value: datetime) -> datetime:
    """A time in UTC; one without a zone is taken as local time."""
    return value.astimezone(UTC)
