"""Times for a writer, as the file's 27 characters: no datetime, which costs a start some time."""

from __future__ import annotations

import time

LONG_AGO = "1970-01-01T00:00:00.000000Z"
_AHEAD_SECONDS = 24 * 3600


_last_second = (0, LONG_AGO[:20])


def stamp_of(nanoseconds: int) -> str:
    """This many nanoseconds after 1970, in UTC, to the microsecond."""
    global _last_second  # noqa: PLW0603 - most stamps share their second with the one before
    seconds, rest = divmod(nanoseconds, 1_000_000_000)
    second, text = _last_second
    if second != seconds:
        text = time.strftime("%Y-%m-%dT%H:%M:%S.", time.gmtime(seconds))
        _last_second = (seconds, text)
    return f"{text}{rest // 1000:06d}Z"


def now_after(latest: str) -> str:
    """The time now; one microsecond after ``latest`` where the clock says less."""
    now = stamp_of(time.time_ns())
    return now if now > latest else _next(latest)


def is_ahead(at: str) -> bool:
    """Was this stamped by a wrong clock: does it lie more than a day in the future?"""
    return at > stamp_of(time.time_ns() + _AHEAD_SECONDS * 1_000_000_000)


def _next(at: str) -> str:
    micros = int(at[20:26]) + 1
    if micros < 1_000_000:
        return f"{at[:20]}{micros:06d}Z"
    import calendar

    whole = calendar.timegm(time.strptime(at[:19], "%Y-%m-%dT%H:%M:%S"))
    return stamp_of((whole + 1) * 1_000_000_000)
