"""pack: shards gathered into one dataset, as an HDF5 file or as a folder in another format."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

from painctl.dataset.export import (
    FOLDERS,
    attributes,
    check_replaceable,
    exporter,
    is_empty,
    is_made_by,
    plan_card,
    write_folder,
)
from painctl.dataset.gather import KEEP, DatasetPlan, PackOptions, plan_dataset, read_people
from painctl.dataset.person import Person
from painctl.files.lock import only_writer
from painctl.files.scratch import remove_leftovers, scratch_folder
from painctl.files.targets import output_file, require_folder
from painctl.records import Reporter, UsageError
from painctl.shard.outputs import is_folder
from painctl.shard.people import PeopleAppender
from painctl.shard.pipe import LINE, copy_to, input_shards, write_path
from painctl.shard.reader import Shard
from painctl.shard.writer import ShardWriter


@dataclass(frozen=True)
class Request:
    """The options of the command."""

    output: Path | None  # file or folder; None for stdout
    form: str  # h5, or one of FOLDERS
    ratios: tuple[float, ...]  # train, val, test
    seed: int  # of the split
    keep: tuple[str, ...]  # further tables
    mix: bool
    overwrite: bool
    path_end: bytes = LINE  # follows each path on stdin and stdout

    @property
    def target(self) -> Path | None:
        """The file or folder to write; None for stdout. Raises UsageError if `output` does not suit the format."""
        if self.form in FOLDERS:
            if self.output is None or self.output.suffix == ".h5":
                raise UsageError(f"--format {self.form} writes a folder: add -o DIR")
            return self.output
        return self.output / "dataset.h5" if self.output and is_folder(self.output) else self.output


def run(inputs: Sequence[Path] | None, request: Request, out: BinaryIO, reporter: Reporter) -> None:
    """Pack the input shards, as `pack` does, and write the path of the dataset, or the dataset itself, to `out`.

    Raises UsageError for contradictory requests, ValueError if another process is writing the target, and what
    `plan_dataset` and `write_folder` raise.
    """
    target, form = request.target, request.form
    if form in FOLDERS and request.keep:
        raise UsageError(f"--keep adds tables to an h5 dataset; --format {form} has no place for them")
    if unknown := [table for table in request.keep if table not in KEEP]:
        raise UsageError(f"--keep {unknown[0]}: expected some of {', '.join(KEEP)}")
    if target and form in FOLDERS:
        exporter(form)
        require_folder(target)
        check_replaceable(target)
    elif target and target != request.output:
        require_folder(target.parent)
    elif target and target.exists():
        output_file(target)
    with _only_writer_of(target), input_shards(inputs, request.path_end) as shards:
        reporter.begin("checking")
        options = PackOptions(request.ratios, request.seed, request.keep, request.mix)
        sources = list(shards)
        if target and target.is_file() and any(path.exists() and path.samefile(target) for path in sources):
            raise UsageError(f"{target}: is both input and output; choose another -o")
        plan = plan_dataset(sources, options, reporter.tick)
        reporter.begin("writing")
        reporter.expect(len(plan.people))
        if target is None:
            with scratch_folder() as folder:
                write(plan, folder / "dataset.h5", form, reporter.tick)
                copy_to(folder / "dataset.h5", out)
            return
        remove_leftovers(target.resolve())
        if not target.exists() or is_empty(target) or request.overwrite:
            write(plan, target, form, reporter.tick)
        elif is_made_by(plan, target, form):
            reporter.say(f"{target}: already made, nothing to do")
        else:
            raise UsageError(f"{target}: exists, but is not the output of this command; --overwrite replaces a dataset")
        write_path(target, out, request.path_end)


def write(plan: DatasetPlan, target: Path, form: str, tick: Callable[[], None] = lambda: None) -> None:
    """Write a dataset: complete or absent. `tick` is called after each person."""
    if form not in FOLDERS:
        _write_file(plan, target, tick)
        return

    def people() -> Iterator[tuple[Person, int]]:
        for person in read_people(plan):
            yield person
            tick()

    write_folder(plan, people(), target, form)


def _write_file(plan: DatasetPlan, target: Path, tick: Callable[[], None]) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with ShardWriter(target, {**attributes(plan), "card": plan_card(plan)}) as out:
        with Shard(plan.people[0].path) as shard:
            out.copy(shard, "topology")
        appender = PeopleAppender(out)
        for person, split in read_people(plan):
            appender.append(person.tables.items(), expressions=len(person.units))
            out.append("split", {"split": [split]})
            tick()
        for failure in plan.failures:
            out.append("failures", {name: [value] for name, value in asdict(failure).items()})


@contextmanager
def _only_writer_of(target: Path | None) -> Iterator[None]:
    """Lock the target, in a folder that is created if needed, and removed again if nothing was written into it."""
    if target is None:
        yield
        return
    is_new = not target.parent.exists()
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with only_writer(target):
            yield
    finally:
        if is_new:
            with suppress(OSError):  # not empty
                target.parent.rmdir()
