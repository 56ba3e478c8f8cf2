"""What the user gets when something goes wrong: one line on stderr, and an exit code.

0 done; 2 usage; 3 some items failed and are listed, the rest is done; 1 anything else; 141 if the reader of stdout has
ended; 130, 143, 129, 138 and 152 after SIGINT, SIGTERM, SIGHUP, SIGUSR1, which `sbatch --signal=USR1@60` sends a minute
before the time limit, and SIGXCPU, which a limit on CPU time sends.
"""

from __future__ import annotations

import contextlib
import errno
import re
import signal
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

from typer.exceptions import TyperException

from painctl.cli import HANDLED
from painctl.cli.sources import origin
from painctl.cli.streams import discard_stdout, flush_stdout, has_reader
from painctl.cli.verbosity import set_verbosity, shows_tracebacks
from painctl.files.names import one_line, printable_lines
from painctl.records import DONE, FAILED, NO_READER, USAGE, Reported, UsageError

_PATIENCE = 1  # seconds for which further signals do not disturb the removal of partial files
# where a shard read from a pipe is spooled, or from a file descriptor that cannot be read twice
_SPOOLED = re.compile(r"\S*/\.painctl\.\w+/(?:stdin|fd-(\d+))\.h5")
_REASONS = {
    errno.EISDIR: "is a directory; pass the files in it, such as DIR/*.h5",
    errno.ENOSPC: "no space left on the device; free some or write elsewhere",
    errno.EDQUOT: "disk quota exceeded; free some or write elsewhere",
    errno.EROFS: "read-only file system; write elsewhere",
}
_received: list[tuple[int, float]] = []  # numbers of the signals so far, and their times


class Stopped(BaseException):
    """A signal that stops a run arrived; partial files are removed on the way out."""

    def __init__(self, number: int) -> None:
        self.exit_code = 128 + number


def raise_if_stopped() -> None:
    """Raise Stopped if a signal arrived but its exception was lost: compiled code may swallow or replace it.

    Call this before reporting an error, and before counting a result as finished.
    """
    if _received:
        raise Stopped(_received[0][0])


def with_stdin_named(text: str) -> str:
    """The text with `stdin`, or /dev/fd/N, in place of the temporary path of a shard read from a pipe."""
    return _SPOOLED.sub(lambda match: f"/dev/fd/{match[1]}" if match[1] else "stdin", text)


def is_spooled(path: Path) -> bool:
    """Whether a file is a shard spooled from stdin, rather than one the user could name."""
    return _SPOOLED.fullmatch(str(path)) is not None


def message(error: BaseException) -> str:
    """One line for an error: what is wrong with which file, column or option."""
    for types, text_of in _MESSAGES:
        if isinstance(error, types) and (text := text_of(error)):
            return with_stdin_named(text)
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text} (probably a bug in painctl; --debug shows the traceback)"


def exit_code(error: BaseException) -> int:
    """The exit code for an error."""
    for types, code in _EXIT_CODES:
        if isinstance(error, types):
            return code if isinstance(code, int) else code(error)
    return FAILED


def run_guarded(run: Callable[[], int | None]) -> int:
    """Run a command line; report its error in one line on stderr and return the exit code."""
    _received.clear()
    set_verbosity()
    sys.unraisablehook = _report_unraisable
    try:
        _on_signals(_stop)
        try:
            return _run_reported(run)
        finally:
            _on_signals(signal.SIG_IGN)  # everything is done or reported; a traceback during exit would only distract
    except Stopped as error:
        _on_signals(signal.SIG_IGN)
        print_line("stopped; every output is complete or absent")
        return error.exit_code


def print_line(text: str) -> None:
    """Write a line to stderr, prefixed with the subcommand: the commands of a pipe share a terminal."""
    command = " ".join(["painctl", *sys.argv[1:2]]) if sys.argv[1:2] and sys.argv[1][0] != "-" else "painctl"
    sys.stderr.write(f"{one_line(command)}: {one_line(text)}\n")


def print_error(error: Exception, where: str = "") -> None:
    """Report an error in one line, prefixed with its location if given; with --debug, after its traceback."""
    if shows_tracebacks():
        sys.stderr.write(printable_lines("".join(traceback.format_exception(error))))
    print_line(f"{with_stdin_named(where)}: {message(error)}" if where else message(error))


def _os_error(error: OSError) -> str:
    if not error.strerror:
        return ""
    reason = _REASONS.get(error.errno or 0, error.strerror.lower())
    return f"{error.filename}: {reason}" if error.filename else reason


def _typer_error(error: Any) -> str:
    text = error.format_message().replace("Value error, ", "")
    parameter, context = (getattr(error, name, None) for name in ("param", "ctx"))
    if parameter and context and (where := origin(context, parameter)):
        text = f"{where}: {text}"
    if re.fullmatch("No such command '.*'.", text):  # and nothing similar
        text += " painctl --help lists the commands."
    return text.replace("is not readable.", "cannot be read: permission denied.")


def _key_error(error: KeyError) -> str:
    return str(error.args[0]) if error.args else ""


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())


# the first matching type whose function returns a text is used; any other error is reported as a bug
_MESSAGES: tuple[tuple[Any, Callable[[Any], str]], ...] = (
    (OSError, _os_error),
    (TyperException, _typer_error),
    (KeyError, _key_error),
    ((UsageError, ValueError, OSError, ImportError), _one_line),
)
_EXIT_CODES: tuple[tuple[Any, int | Callable[[Any], int]], ...] = (
    ((TyperException, Reported), lambda error: error.exit_code),
    (UsageError, USAGE),
)


def _run_reported(run: Callable[[], int | None]) -> int:
    try:
        code = run() or DONE
        flush_stdout()
        return code
    except (BrokenPipeError, SystemExit) as error:
        return _broken_pipe(error)
    except Reported as error:
        raise_if_stopped()
        return error.exit_code
    except Exception as error:
        raise_if_stopped()
        with contextlib.suppress(OSError):  # what could not be written would fail again, and be reported twice, at exit
            flush_stdout()
        print_error(error)
        return exit_code(error)


def _broken_pipe(error: BaseException) -> int:
    """The exit code after a broken pipe, which typer turns into a SystemExit; silent if it is that of stdout."""
    broken = error.__context__ if isinstance(error, SystemExit) else error
    if not isinstance(broken, BrokenPipeError):
        raise error
    raise_if_stopped()
    if has_reader():
        print_error(broken)
        return FAILED
    discard_stdout()
    return NO_READER


def _on_signals(action: Callable[[int, FrameType | None], None] | signal.Handlers) -> None:
    for number in HANDLED:
        signal.signal(number, action)


def _stop(number: int, frame: FrameType | None) -> None:
    now = time.monotonic()
    is_unwinding = bool(_received) and now - _received[-1][1] < _PATIENCE
    _received.append((number, now))
    if not is_unwinding:
        raise Stopped(_received[0][0])


def _report_unraisable(unraisable: Any) -> None:
    """Report an exception that Python has to ignore, unless it is a stop, which `raise_if_stopped` repeats."""
    if not _received:
        sys.__unraisablehook__(unraisable)


def leave_to_parent() -> None:
    """In a forked worker, leave the terminal's signals to the process that forked it, which ends its workers."""
    for number in HANDLED:
        signal.signal(number, signal.SIG_DFL if number == signal.SIGTERM else signal.SIG_IGN)
