"""Typer's usage errors, shown as the journal shows its own: caret and "did you mean"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from journal.complaints import complain
from journal.errors import UsageError
from journal.guesses import nearest


def complain_of_usage(error: Exception, words: Sequence[str]) -> int:
    """Show an error of typer (any version: its classes moved between them); the exit status."""
    message = str(getattr(error, "format_message")())  # noqa: B009 - told apart by this method
    named = (
        re.search(r"extra argument(?:\(s\)|s)? \((\S+?)[\s)]", message)
        or re.search(r"'([^']+)'", message)
        or re.search(r"(--?[\w-]+)", message)
    )
    word = str(getattr(error, "option_name", "") or (named[1] if named else ""))
    near = nearest(word, _choices(error, word))
    hint = f"did you mean {near}?" if near not in (None, word) else _help_for(error)
    if re.fullmatch(r"[^-=]+=.+", word) and "-m" in _choices(error, "-"):
        hint = f"did you mean -m {word}?"
    message = message.removeprefix("Invalid value: ")  # what is wrong is said behind it
    message = re.sub(r"Input should be (a valid \w+),.*", r"it is not \1", message)
    short = re.split(r"\n| Did you mean| \(Possible", message)[0].rstrip(".")
    complain(UsageError(short[:1].lower() + short[1:], word=word, hint=hint), words)
    return int(getattr(error, "exit_code", 2))


def _choices(error: Exception, word: str) -> list[str]:
    context = getattr(error, "ctx", None)
    command = getattr(context, "command", None)
    if word.startswith("-"):
        return [name for option in getattr(command, "params", ()) for name in option.opts]
    return list(getattr(command, "commands", ()))


def _help_for(error: Exception) -> str:
    context = getattr(error, "ctx", None)
    path = getattr(context, "command_path", "knobwise")
    below = getattr(getattr(context, "command", None), "commands", ())
    if below and getattr(context, "parent", None):  # few enough to be named
        return f"one of {', '.join(below)}; see {path} --help"
    missing = getattr(getattr(error, "param", None), "opts", ())
    takes = [param.name for param in getattr(getattr(context, "command", None), "params", ())]
    if "unexpected extra argument" in str(error) and "text" in takes:
        return f"a text of several words stands in quotes; see {path} --help"
    if "--metric" in missing:
        return f"for example: {path} -m accuracy; knobwise ls shows what was measured"
    return f"see {path} --help"
