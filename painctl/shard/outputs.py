"""One output shard for each input: where it is written, which inputs are skipped, and which failed."""

from __future__ import annotations

import itertools
import time
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from painctl.files.scratch import SharedFolder, remove_leftovers, scratch_folder
from painctl.files.targets import output_file, require_folder, require_writable
from painctl.records import Reported, Reporter, UsageError
from painctl.shard.pipe import LINE, NO_INPUT, copy_to, is_piped, write_path


class Maker(ABC):
    """Makes an output shard of an input."""

    @abstractmethod
    def make(self, source: Path, target: Path) -> None:
        """Write the output, complete or absent."""

    @abstractmethod
    def is_made(self, source: Path, target: Path) -> bool:
        """Whether the target is what `make` would write."""

    def failure_count(self, target: Path) -> int:
        """Number of people of a finished output that failed."""
        return 0


@dataclass(frozen=True)
class Outputs:
    """Where outputs go and which of them are made."""

    output: Path | None  # a file, a folder, or None for stdout
    overwrite: bool = False
    retry: bool = False  # redo finished outputs in which people failed
    task: tuple[int, int] = (0, 1)  # (I, N): every N-th input, beginning with the I-th
    path_end: bytes = LINE  # follows each path on stdin and stdout
    task_variable: str = ""  # environment variable that the task was taken from, if it was not an option

    @property
    def task_name(self) -> str:
        """The task as --task has it, and where it was taken from."""
        index, count = self.task
        return f"task {index}/{count}" + (f" (from {self.task_variable})" if self.task_variable else "")


@dataclass
class Tally:
    """Counts of the inputs: done + skipped + failed = requested."""

    requested: int = 0
    done: int = 0
    skipped: int = 0
    errors: list[Exception] = field(default_factory=list)
    failed_people: dict[Path, int] = field(default_factory=dict)  # their number in finished outputs, by input


def is_folder(output: Path) -> bool:
    """Whether -o names a folder: an existing one, or a name that does not end in .h5 or .hdf5."""
    return output.is_dir() or output.suffix not in (".h5", ".hdf5")


def reject_clashes(inputs: Sequence[Path] | None, output: Path | None) -> None:
    """Raises UsageError if two input shards would be written to the same file, whichever tasks make them."""
    if output is None or is_piped(inputs):
        return
    targets: dict[Path, Path] = {}
    for source in inputs or ():
        _claim(targets, source, output / source.name if is_folder(output) else output)


def check_inputs(inputs: Sequence[Path] | None) -> None:
    """Raises OSError if there are inputs and none exists. For the start of a run, before what is slow to load.

    If some exist, the others are reported one by one, as those are made.
    """
    given = [] if is_piped(inputs) else list(inputs or ())
    if given and not any(path.exists() for path in given):
        if len(given) > 1:
            raise FileNotFoundError(f"{given[0]}: no such file; of {len(given)} inputs, none exists")
        given[0].stat()


def check_outputs(names: Iterable[str], output: Path | None) -> None:
    """Raises OSError or ValueError if an output is to be written and cannot be. For the start of a run, as above.

    `names` are those of the files in an output folder. Outputs that exist may be in a folder that can only be read.
    """
    if output is None:
        return
    if is_folder(output):
        require_folder(output)
        targets = [output / name for name in names] or [output / "shard.h5"]
    else:
        targets = [output_file(output)]
    if missing := next((target for target in targets if not target.exists()), None):
        require_writable(missing)


def make_outputs(sources: Iterable[Path], outputs: Outputs, maker: Maker, out: BinaryIO, reporter: Reporter) -> Tally:
    """Make one output shard per source: write its path to `out` as it finishes, or its bytes without an output path.

    A finished output is skipped, unless people in it failed and are to be retried. A failing source is reported and
    the others continue, so that done + skipped + failed is the number requested. Raises UsageError for several shards
    on stdout and for an output file that the task does not make, ValueError for no input.
    """
    if outputs.task_variable and outputs.output is not None:
        sources = list(sources)
        _report_task(len(sources), outputs, reporter)
    if outputs.output is None:
        return _make_on_stdout(sources, maker, out)
    tally = Tally()
    for source, target in _targets(sources, outputs.output, outputs.task):
        tally.requested += 1
        try:
            began = time.monotonic()
            is_needed = _make(source, target, outputs, maker)
            reporter.detail(f"{target}: {_done(is_needed, time.monotonic() - began)}")
            if people := maker.failure_count(target):
                tally.failed_people[source] = people
            write_path(target, out, outputs.path_end)
        except (BrokenPipeError, ImportError):  # stdout has no reader, or nothing can be made on this machine
            raise
        except Exception as error:
            reporter.raise_if_stopped()
            tally.errors.append(error)
            if not isinstance(error, Reported):
                reporter.error(error)
        else:
            tally.done += is_needed
            tally.skipped += not is_needed
    if not tally.requested:
        _report_nothing(outputs, reporter)
    return tally


def _make(source: Path, target: Path, outputs: Outputs, maker: Maker) -> bool:
    """Make an output unless it is finished; returns whether it was made."""
    remove_leftovers(output_file(target))
    exists = target.exists() and not outputs.overwrite
    if exists and not maker.is_made(source, target):
        raise UsageError(f"{target}: exists, but is not the output of this command; --overwrite replaces it")
    is_needed = not exists or bool(outputs.retry and maker.failure_count(target))
    if is_needed:
        maker.make(source, target)
    return is_needed


def _done(is_needed: bool, seconds: float) -> str:
    return f"made in {seconds:.1f} s" if is_needed else "already made"


def _make_on_stdout(sources: Iterable[Path], maker: Maker, out: BinaryIO) -> Tally:
    first_two = list(itertools.islice(sources, 2))
    if len(first_two) > 1:
        raise UsageError("stdout takes only one shard; for several, add -o DIR")
    if not first_two:
        raise ValueError(NO_INPUT)
    (source,) = first_two
    with scratch_folder() as folder:
        image = folder / "shard.h5"
        maker.make(source, image)
        copy_to(image, out)
        people = maker.failure_count(image)
        return Tally(1, done=1, failed_people={source: people} if people else {})


def _targets(sources: Iterable[Path], output: Path, task: tuple[int, int]) -> Iterator[tuple[Path, Path]]:
    index, count = task
    task_sources = itertools.islice(sources, index, None, count)
    if not is_folder(output):
        first_two = list(itertools.islice(task_sources, 2))
        if len(first_two) > 1:
            raise UsageError(_clash(first_two[0], first_two[1], output))
        yield from ((source, output) for source in first_two)
        return
    require_folder(output)
    targets: dict[Path, Path] = {}
    with SharedFolder(output) as folder:
        for source in task_sources:
            folder.enter()
            target = output / source.name
            _claim(targets, source, target)
            yield source, target


def _claim(targets: dict[Path, Path], source: Path, target: Path) -> None:
    if target in targets:
        raise UsageError(_clash(targets[target], source, target))
    targets[target] = source


def _clash(first: Path, second: Path, target: Path) -> str:
    return f"{first} and {second} would both be written to {target}; use another -o DIR for one, or rename it"


def _report_task(total: int, outputs: Outputs, reporter: Reporter) -> None:
    """State which inputs a task leaves to the others: its array may have been meant for something else."""
    index, count = outputs.task
    if (chosen := len(range(index, total, count))) and chosen < total:
        reporter.say(f"{outputs.task_name}: makes {chosen} of {total} shards; --task 0/1 makes all")


def _report_nothing(outputs: Outputs, reporter: Reporter) -> None:
    """An expected output file is an error; an output folder may stay empty."""
    if outputs.output is not None and not is_folder(outputs.output):
        if outputs.task[1] == 1:
            raise ValueError(NO_INPUT)
        raise UsageError(
            f"{outputs.output}: not made: {outputs.task_name} has no shard, as there are fewer shards than tasks; "
            "--task 0/1 makes all, and -o DIR is for shards that tasks share out"
        )
    if outputs.task[1] > 1:
        reporter.say(f"nothing to do for {outputs.task_name}: there are fewer shards than tasks; --task 0/1 makes all")
    else:
        reporter.say(f"nothing to do: {NO_INPUT}")
