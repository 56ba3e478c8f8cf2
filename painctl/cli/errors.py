"""What a person sees when something goes wrong: one line, and an exit code.

0 done; 2 usage; 3 some items failed and are listed, the rest is done; 1 anything else; 130, 143 and 138 after SIGINT,
SIGTERM and SIGUSR1, which is what `sbatch --signal=USR1@60` sends a minute before the time is up.
"""

from __future__ import annotations

import errno
import os
import re
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from typer.exceptions import TyperException

from painctl.files.signals import SIGNALS
from painctl.records import DONE, FAILED, USAGE, Reported, UsageError

_OWN_NAMES = re.compile(r"\S*/\.painctl\.\w+/stdin\.h5")  # where a shard that came through a pipe waits
_REASONS = {
    errno.EISDIR: "is a directory; name the files in it, as in DIR/*.h5",
    errno.ENOSPC: "no space left on the device; free some or write elsewhere",
    errno.EDQUOT: "disk quota exceeded; free some or write elsewhere",
    errno.EROFS: "read-only file system; write elsewhere",
}
_asked: list[int] = []  # signals that came


class Stopped(BaseException):
    """SIGINT, SIGTERM or SIGUSR1 arrived; files in the making are removed on the way out."""

    def __init__(self, number: int) -> None:
        self.exit_code = 128 + number


def plain(text: str) -> str:
    """A text in which a shard that came through a pipe has the name that a person knows it by."""
    return _OWN_NAMES.sub("stdin", text)


def heed_stop() -> None:
    """Stop, if a signal came whose exception was lost: compiled code swallows it, or makes an error of its own of it.

    To be called before an error is believed, and before what was made is.
    """
    if _asked:
        raise Stopped(_asked[0])


def message(error: BaseException) -> str:
    """One line for an error: what is wrong with which file, column or option."""
    return plain(_message(error))


def is_own(path: Path) -> bool:
    """Whether a file is a shard that came in on stdin, and not one that a person could name."""
    return _OWN_NAMES.fullmatch(str(path)) is not None


def _message(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        reason = _REASONS.get(error.errno or 0, error.strerror.lower())
        return f"{error.filename}: {reason}" if error.filename else reason
    if isinstance(error, TyperException):
        return error.format_message().replace("Value error, ", "")
    if isinstance(error, KeyError) and error.args:
        return str(error.args[0])
    known = isinstance(error, UsageError | ValueError | OSError | ImportError)
    text = " ".join(str(error).split())
    return text if known and text else f"{type(error).__name__}: {text} (a bug in painctl? --debug shows where)"


def code(error: BaseException) -> int:
    """The exit code that an error ends the process with."""
    if isinstance(error, TyperException | Reported):
        return error.exit_code
    return USAGE if isinstance(error, UsageError) else FAILED


def guarded(run: Callable[[], int | None]) -> int:
    """Run a command line; tell its error in one line on stderr and return the exit code."""
    _asked.clear()
    try:
        _on_signals(_stop)
        try:
            return _told(run)
        finally:
            _on_signals(signal.SIG_IGN)  # all is done or told, and a traceback on the way out helps nobody
    except Stopped as error:
        _on_signals(signal.SIG_IGN)
        tell("stopped; nothing half-written is left")
        return error.exit_code


def _told(run: Callable[[], int | None]) -> int:
    try:
        return run() or DONE
    except BrokenPipeError:
        # the reader of our stdout has gone: nobody is left to tell, and nothing may be written at exit either
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except Reported as error:
        heed_stop()
        return error.exit_code
    except Exception as error:
        heed_stop()
        tell_error(error)
        return code(error)


def tell(text: str) -> None:
    """A line for the person, on stderr, in the name of the subcommand: in a pipe several speak at once."""
    named = " ".join(["painctl", *sys.argv[1:2]]) if sys.argv[1:2] and sys.argv[1][0] != "-" else "painctl"
    sys.stderr.write(f"{named}: {text}\n")


def tell_error(error: Exception, where: str = "") -> None:
    """An error in one line, of the place if one is named; with --debug, its traceback before it."""
    if "--debug" in sys.argv:
        traceback.print_exception(error)
    tell(f"{plain(where)}: {message(error)}" if where else message(error))


def _on_signals(action: Callable[[int, FrameType | None], None] | signal.Handlers) -> None:
    for number in SIGNALS:
        signal.signal(number, action)


def _stop(number: int, frame: FrameType | None) -> None:
    _asked.append(number)
    raise Stopped(number)
