"""How much a command writes to stderr: set once by its options, read wherever something is written."""

from __future__ import annotations

from enum import IntEnum


class Level(IntEnum):
    """From errors alone to everything that is done."""

    QUIET = 0
    NORMAL = 1
    VERBOSE = 2


class _Settings:
    level = Level.NORMAL
    tracebacks = False


def set_verbosity(level: Level = Level.NORMAL, tracebacks: bool = False) -> None:
    """Set the level, and whether errors are reported with their tracebacks."""
    _Settings.level, _Settings.tracebacks = level, tracebacks


def is_quiet() -> bool:
    """Whether only errors are reported."""
    return _Settings.level == Level.QUIET


def is_verbose() -> bool:
    """Whether everything that is done is reported, with timings."""
    return _Settings.level == Level.VERBOSE


def shows_tracebacks() -> bool:
    """Whether an error is reported with its traceback."""
    return _Settings.tracebacks
