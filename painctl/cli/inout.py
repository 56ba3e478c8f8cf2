"""Inputs, outputs, stdin and stdout, overwrite and task slice, resolved in one place."""

from __future__ import annotations

import contextlib
import itertools
import os
import re
import shlex
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from painctl.cli.errors import code, heed_stop, is_own, tell, tell_error
from painctl.cli.progress import Progress
from painctl.files.scratch import SharedFolder, remove_leftovers, scratch_folder
from painctl.records import SOME_FAILED, Reported, UsageError

_SIGNATURE = b"\x89HDF\r\n\x1a\n"
_PIECE = 1 << 20


@contextlib.contextmanager
def data_stdout() -> Iterator[BinaryIO]:
    """stdout for data alone: meanwhile file descriptor 1 leads to stderr, so a library that prints spoils nothing."""
    try:
        sys.stdout.flush()
        out = os.fdopen(os.dup(1), "wb")
    except (OSError, AttributeError):
        raise UsageError("stdout is closed; give it somewhere to go, or use -o") from None
    os.dup2(2, 1)
    try:
        with out:
            yield out
    finally:
        with contextlib.suppress(OSError):
            sys.stdout.flush()
        if not out.closed:
            out.close()


def require_stdout() -> None:
    """Refuse to write to a stdout that is closed."""
    if sys.stdout is None:
        raise UsageError("stdout is closed; give it somewhere to go")


def require_output(output: Path | None) -> None:
    """Refuse to write a binary shard to a terminal."""
    if output is None and sys.stdout is not None and sys.stdout.isatty():
        raise UsageError("a shard is binary: add -o FILE.h5 or -o DIR, or pipe into the next command")


def task_slice(task: str | None, *, piped: bool = False) -> tuple[int, int]:
    """(I, N) of --task, else of the Slurm array, else (0, 1).

    The array may start anywhere and step. What is `piped` in comes from a command of the same array task, so by
    default it is not sliced a second time.
    """
    if task is not None:
        match = re.fullmatch(r"(\d+)/(\d+)", task)
        if not match or int(match[1]) >= int(match[2]):
            raise UsageError(f"--task {task}: expected I/N with I from 0 to N-1, as in 0/4")
        return int(match[1]), int(match[2])
    if piped:
        return 0, 1
    try:
        first, this, count = (int(os.environ[f"SLURM_ARRAY_TASK_{name}"]) for name in ("MIN", "ID", "COUNT"))
        step = int(os.environ.get("SLURM_ARRAY_TASK_STEP", 1))
        last = int(os.environ.get("SLURM_ARRAY_TASK_MAX", first + step * (count - 1)))
    except (KeyError, ValueError):
        return 0, 1
    if (last - first) // step + 1 != count:
        raise UsageError(
            f"--task is missing: the array has gaps ({count} tasks from {first} to {last}), and Slurm does not tell a "
            "task its place among the others"
        )
    return (this - first) // step, count


def is_piped(inputs: list[Path] | None) -> bool:
    """Whether the shards come from stdin."""
    return not inputs or inputs == [Path("-")]


@contextlib.contextmanager
def all_shards(inputs: list[Path] | None) -> Iterator[Iterator[Path]]:
    """The shards of the arguments or of stdin, as they become known.

    A shard image on stdin is spooled to disk, and stays there until the block ends.
    """
    with scratch_folder() as folder:
        yield _paths(inputs, folder)


@contextlib.contextmanager
def only_shard(path: Path | None) -> Iterator[Path]:
    """The one shard of an argument or of stdin."""
    with all_shards([path] if path else None) as paths:
        found = list(paths)
        if len(found) != 1:
            raise UsageError(f"{len(found)} datasets came in on stdin; this takes one")
        yield found[0]


def _paths(inputs: list[Path] | None, folder: Path) -> Iterator[Path]:
    if inputs and not is_piped(inputs):
        yield from inputs
        return
    if sys.stdin is None or sys.stdin.closed or sys.stdin.isatty():
        raise UsageError("no input: name shards, or pipe one in")
    stdin = sys.stdin.buffer
    first = stdin.read(1)
    if first != _SIGNATURE[:1]:
        yield from _lines(first, stdin)
        return
    image = folder / "stdin.h5"
    with image.open("wb") as file:
        file.write(first)
        shutil.copyfileobj(stdin, file, _PIECE)
    yield image


def _lines(first: bytes, stdin: BinaryIO) -> Iterator[Path]:
    for number, line in enumerate(stdin):
        text = (first + line if number == 0 else line).strip()
        if b"\0" in text or len(text) > 4096:
            raise UsageError("stdin: neither a shard nor shard paths, one a line")
        if text:
            yield Path(os.fsdecode(text))


def is_folder(output: Path) -> bool:
    """Whether -o names a folder: an existing one, or a name that does not end in .h5 or .hdf5."""
    return output.is_dir() or output.suffix not in (".h5", ".hdf5")


def each_shard(
    sources: Iterable[Path],
    output: Path | None,
    *,
    make: Callable[[Path, Path, Progress], None],
    made: Callable[[Path, Path], bool],
    overwrite: bool,
    task: tuple[int, int],
    failures: Callable[[Path], int] = lambda _: 0,
    retry: bool = False,
) -> None:
    """Make one output shard of each source and hand it on: its bytes without -o, else its path as it finishes.

    An output that `made` recognises is skipped, unless `failures` counts people in it who failed and it is to be
    tried again. A source that fails is told and the rest goes on, so that done + failed + skipped = asked. Raises
    Reported if a source or a person failed.
    """
    with data_stdout() as out, Progress() as progress:
        if output is None:
            _to_stdout(sources, out, make, failures, progress)
            return
        errors: list[Exception] = []
        left_out: dict[Path, int] = {}
        asked = done = skipped = 0
        for source, target in _targets(sources, output, task):
            asked += 1
            try:
                remove_leftovers(target)
                there = target.exists() and not overwrite
                if there and not made(source, target):
                    raise UsageError(f"{target}: exists and is not what this makes; --overwrite replaces it")
                if needed := not there or bool(retry and failures(target)):
                    make(source, target, progress)
                if people := failures(target):
                    left_out[source] = people
                out.write(os.fsencode(target) + b"\n")
                out.flush()
            except (BrokenPipeError, ImportError):  # nobody listens; nothing can be made here
                raise
            except Exception as error:
                heed_stop()
                errors.append(error)
                if not isinstance(error, Reported):
                    tell_error(error)
            else:
                done, skipped = done + needed, skipped + (not needed)
        if not asked:
            _nothing_came(output, task)
        _account(asked, done, skipped, errors, left_out)


def _nothing_came(output: Path, task: tuple[int, int]) -> None:
    """A file that was asked for is not there, unless that is another task's; a folder may rightly get nothing."""
    if task[1] > 1:
        tell(f"nothing to do for task {task[0]} of {task[1]}: there are fewer shards than tasks")
        return
    if not is_folder(output):
        raise ValueError("nothing came in on stdin; did the command before this one fail?")
    tell("nothing to do; if the command before this one failed, it said so")


def _account(asked: int, done: int, skipped: int, errors: list[Exception], left_out: dict[Path, int]) -> None:
    if asked > 1 or skipped:
        tell(f"{done} done, {skipped} skipped, {len(errors)} failed of {asked}")
    if left_out:
        tell(f"{_left_out(sum(left_out.values()))}; to try them again: {_again(left_out)}")
    if errors or left_out:
        raise Reported(SOME_FAILED if done + skipped else max(map(code, errors)))


def _again(sources: Iterable[Path]) -> str:
    """The command that tries those again who failed. Shards whose paths came in on stdin are arguments of it."""
    words = [word for word in sys.argv[1:] if word not in ("--overwrite", "--retry-failed")]
    named = {Path(word) for word in words}
    if not (piped := [source for source in sources if source not in named]):
        return shlex.join(["painctl", *words, "--retry-failed"])
    if any(is_own(source) for source in piped):
        return shlex.join(["painctl", *words, "--retry-failed"]) + " < the same shard"
    # the slice was of all that came in, and all of these are of this task
    rest = [word for before, word in zip(["", *words], words, strict=False) if word != "-" and before != "--task"]
    rest = [word for word in rest if not word.startswith("--task")]
    return shlex.join(["painctl", *rest, "--retry-failed", *map(str, piped)])


def _left_out(people: int) -> str:
    who = "1 person is" if people == 1 else f"{people} people are"
    return f"{who} left out, and listed in the shard's failures"


def _targets(sources: Iterable[Path], output: Path, task: tuple[int, int]) -> Iterator[tuple[Path, Path]]:
    index, count = task
    mine = itertools.islice(sources, index, None, count)
    if not is_folder(output):
        yield from ((source, output) for source in _single(mine, output))
        return
    seen: dict[Path, Path] = {}
    with SharedFolder(output) as folder:
        for source in mine:
            folder.enter()
            target = output / source.name
            if target in seen:
                raise UsageError(_clash(seen[target], source, target))
            seen[target] = source
            yield source, target


def refuse_clashes(inputs: list[Path] | None, output: Path | None) -> None:
    """Raises UsageError if two shards of the arguments would become one file, whichever tasks make them."""
    if output is None or is_piped(inputs):
        return
    seen: dict[Path, Path] = {}
    for source in inputs or []:
        target = output / source.name if is_folder(output) else output
        if target in seen:
            raise UsageError(_clash(seen[target], source, target))
        seen[target] = source


def _clash(one: Path, other: Path, target: Path) -> str:
    return f"{one} and {other} would both become {target}; use another -o DIR for one, or rename it"


def _single(sources: Iterator[Path], output: Path) -> list[Path]:
    """The one source that a file can hold, or none; said before anything is made."""
    both = list(itertools.islice(sources, 2))
    if len(both) > 1:
        raise UsageError(_clash(both[0], both[1], output))
    return both


def _to_stdout(
    sources: Iterable[Path],
    out: BinaryIO,
    make: Callable[[Path, Path, Progress], None],
    failures: Callable[[Path], int],
    progress: Progress,
) -> None:
    both = list(itertools.islice(sources, 2))
    if len(both) > 1:
        raise UsageError("several shards do not fit into one stdout: add -o DIR")
    if not both:
        raise ValueError("nothing came in on stdin; did the command before this one fail?")
    with scratch_folder() as folder:
        image = folder / "shard.h5"
        make(both[0], image, progress)
        with image.open("rb") as file:
            shutil.copyfileobj(file, out, _PIECE)
        if people := failures(image):
            tell(_left_out(people))
            raise Reported(SOME_FAILED)
