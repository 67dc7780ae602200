"""Two containers and protocol buffers' wire format, as far as reading other trackers needs them.

LevelDB's log (W&B): blocks of 32 KiB; a record is one fragment or several, each with a checksum
(of W&B's own: the CRC of zlib), its length and its type. TFRecord (TensorBoard): length, checksum,
data, checksum (a masked CRC-32C). A file that was cut off, or damaged, is read up to there; what is
not there, or cannot be read, is told in the system's words.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

from journal.absent import unreadable

_BLOCK = 32 << 10
_HEADER = 7
_FULL, _FIRST, _MIDDLE, _LAST = 1, 2, 3, 4

_CHECKED_BYTES = 64 << 10
"""Longer records of TensorBoard are images, of which nothing is read: a CRC of them takes long."""
_LARGEST_SINGLE = 3.4028234e38

Fields = dict[int, list[int | bytes]]
"""A message: every field's values by its number, varints and fixed ones as integers."""


class WireError(ValueError):
    """These bytes are no such message."""


def leveldb_records(data: bytes, start: int) -> Iterator[bytes]:
    """The records of a LevelDB log; ``start`` bytes at its head are not of the log."""
    place, begun = start, b""
    while place + _HEADER <= len(data):
        left = _BLOCK - place % _BLOCK
        if left < _HEADER:
            place += left
            continue
        checksum, length, kind = struct.unpack_from("<IHB", data, place)
        piece = data[place + _HEADER : place + _HEADER + length]
        if kind == 0 and length == 0:  # the block's rest was never written
            place += left
            continue
        if len(piece) < length or kind not in {_FULL, _FIRST, _MIDDLE, _LAST}:
            return
        if zlib.crc32(piece, zlib.crc32(bytes([kind]))) != checksum:
            return
        place += _HEADER + length
        begun = piece if kind in {_FULL, _FIRST} else begun + piece
        if kind in {_FULL, _LAST}:
            yield begun


def tf_records(data: bytes) -> Iterator[bytes]:
    """The records of a TFRecord file."""
    place = 0
    while place + 12 <= len(data):
        length, checksum = struct.unpack_from("<QI", data, place)
        end = place + 12 + length
        if end + 4 > len(data) or _masked_crc(data[place : place + 8]) != checksum:
            return
        record = data[place + 12 : end]
        (checksum,) = struct.unpack_from("<I", data, end)
        if length <= _CHECKED_BYTES and _masked_crc(record) != checksum:
            return
        yield record
        place = end + 4


def _shares(byte: int) -> int:
    for _ in range(8):
        byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
    return byte


_CRC_SHARES = tuple(map(_shares, range(256)))


def _masked_crc(data: bytes) -> int:
    """CRC-32C (Castagnoli), turned and shifted as TFRecord keeps it."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc = _CRC_SHARES[(crc ^ byte) & 0xFF] ^ crc >> 8
    crc ^= 0xFFFFFFFF
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def fields(message: bytes) -> Fields:
    """The fields of a message. Raises WireError."""
    found: Fields = {}
    place = 0
    while place < len(message):
        key, place = _varint(message, place)
        number, kind = key >> 3, key & 7
        value: int | bytes
        if kind == 0:
            value, place = _varint(message, place)
        elif kind in {1, 5}:
            size = 8 if kind == 1 else 4
            value = int.from_bytes(message[place : place + size], "little")
            place += size
        elif kind == 2:
            length, place = _varint(message, place)
            value = message[place : place + length]
            place += length
        else:
            raise WireError(f"a field of wire type {kind}")
        if place > len(message):
            raise WireError("a message that ends too early")
        found.setdefault(number, []).append(value)
    return found


def text(message: Fields, number: int) -> str:
    """The field as text, empty where it is absent. Raises WireError."""
    value = message.get(number, [b""])[-1]
    if not isinstance(value, bytes):
        raise WireError("a number where text belongs")
    return value.decode("utf-8", "replace")


def texts(message: Fields, number: int) -> list[str]:
    """All values of the field as texts."""
    found = message.get(number, ())
    return [value.decode("utf-8", "replace") for value in found if isinstance(value, bytes)]


def messages(message: Fields, number: int) -> Iterator[Fields]:
    """The field's values as messages. Raises WireError."""
    for value in message.get(number, ()):
        if not isinstance(value, bytes):
            raise WireError("a number where a message belongs")
        yield fields(value)


def integer(message: Fields, number: int) -> int:
    """The field as a signed integer, 0 where it is absent."""
    value = message.get(number, [0])[-1]
    if not isinstance(value, int):
        raise WireError("bytes where a number belongs")
    return value - (1 << 64) if value >> 63 else value


def double(message: Fields, number: int) -> float | None:
    """The field, 8 bytes, as a float. Raises WireError."""
    raw = _raw(message, number, 8)
    return None if raw is None else struct.unpack("<d", raw)[0]


def single(message: Fields, number: int) -> float | None:
    """The field, 4 bytes, as a float. Raises WireError."""
    raw = _raw(message, number, 4)
    return None if raw is None else shortest(raw)


def _raw(message: Fields, number: int, size: int) -> bytes | None:
    """The field's so many bytes; None where it is absent, or text."""
    value = message.get(number, [b""])[-1]
    if isinstance(value, bytes):
        return None
    if value >> 8 * size:
        raise WireError(f"a number of more than {size} bytes")
    return value.to_bytes(size, "little")


def shortest(raw: bytes) -> float:
    """The shortest decimal among those that are this 4-byte float: 0.6, not 0.6000000238418579."""
    value: float = struct.unpack("<f", raw)[0]
    for digits in range(6, 9):
        near = float(f"{value:.{digits}g}")
        if abs(near) < _LARGEST_SINGLE and struct.pack("<f", near) == raw:
            return near
    return value


def _varint(message: bytes, place: int) -> tuple[int, int]:
    value = shift = 0
    while place < len(message) and shift < 70:
        byte = message[place]
        place += 1
        value |= (byte & 0x7F) << shift
        if not byte & 0x80:
            return value, place
        shift += 7
    raise WireError("a number that does not end")


def check_there(path: Path) -> None:
    """Raises UsageError where no file and no folder is."""
    try:
        path.stat()
    except OSError as failed:
        raise unreadable(path, failed) from None


def said(error: Exception) -> str:
    """What is wrong with a file, without its name and the system's number for it."""
    return (isinstance(error, OSError) and error.strerror) or str(error)
