"""Times as the file has them, as people write them, and as other programs count them."""

from __future__ import annotations

from datetime import UTC, datetime

from journal.errors import ValueRefused, a_kind_of
from journal.packing import BodyError, Json


def stamp(at: datetime) -> str:
    """A time as the file has it: UTC, microseconds, 27 characters that sort as times do."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")[:26] + "Z"


def zoned(at: datetime) -> datetime:
    """The same in local time; in UTC at the calendar's ends, where there is no other."""
    try:
        return at.astimezone()
    except OverflowError:
        return at


def local(at: datetime) -> str:
    """A time as people read it: local, with its offset."""
    return f"{zoned(at):%Y-%m-%d %H:%M:%S %z}"


def read_stamp(text: Json) -> datetime:
    """The time back from its 27 characters."""
    if not isinstance(text, str) or len(text) != 27 or text[26] != "Z":
        raise BodyError(f"{text!r} is not a time")
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise BodyError(f"{text!r} is not a time") from None


def parse_moment(text: str) -> datetime:
    """The time that people wrote, in ISO 8601; local without a zone. Raises ValueRefused."""
    try:
        return moment(datetime.fromisoformat(text))
    except (ValueError, ValueRefused):
        raise ValueRefused(f"{text!r:.80} is not a time") from None


def from_epoch(count: float, *, per_second: int = 1) -> datetime:
    """So many seconds, or parts of one, after 1970. Raises ValueRefused beyond the calendar."""
    try:
        return datetime.fromtimestamp(count / per_second, UTC)
    except (ValueError, OverflowError, OSError):
        raise ValueRefused(f"the time {count!r:.40} is beyond the calendar") from None


def moment(value: object) -> datetime:
    """A time in UTC; one without a zone is taken as local time. Raises ValueRefused."""
    if not isinstance(value, datetime):
        hint = "datetime.fromisoformat reads a text"
        raise ValueRefused(f"a time is a datetime, not {a_kind_of(value)}", hint=hint)
    try:  # a datetime of pandas takes one without a zone for no time, or for UTC
        return datetime.combine(value.date(), value.timetz()).astimezone(UTC)
    except (OverflowError, ValueError):
        raise ValueRefused(f"the time {value} is beyond the calendar") from None
