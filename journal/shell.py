"""Words for a POSIX shell, in commands that are printed to be copied."""

from __future__ import annotations

import re
import shlex

_UNSAFE = re.compile(r"[^\w@%+=:,./-]")
"""What a shell may not read as itself; letters of any script it does."""
_SPECIAL = frozenset('"$`\\!')
"""What a shell reads between double quotes, too."""
_SPELLED = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "'": "\\047"}


def quoted(text: str) -> str:
    """One word for a shell; what cannot be seen is spelled in `$'…'`.

    A shell that does not know `$'…'` reads another text there, but still one word: no quote in it.
    """
    if not text.isprintable():
        return f"$'{''.join(map(_spelled, text))}'"
    if text and not _UNSAFE.search(text):
        return text
    return f'"{text}"' if "'" in text and not _SPECIAL & set(text) else shlex.quote(text)


def _spelled(character: str) -> str:
    """A character within `$'…'`; the bytes of UTF-8 are the same in every locale."""
    if character in _SPELLED or character.isprintable():
        return _SPELLED.get(character, character)
    return "".join(f"\\{byte:03o}" for byte in character.encode("utf-8", "surrogatepass"))
