"""What all shard-to-shard stages share: the class Step, and how a step is run on shards.

If a step fails for a person, the others still go through; the person is left out of the output and listed in its table
`failures`.
"""

from __future__ import annotations

import contextlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, ClassVar

from painctl import __version__
from painctl.dataset.validate import validate_shard
from painctl.records import FAILED, Reported, Reporter, Topology, UsageError
from painctl.runs.memory import keep_freed_memory
from painctl.runs.workers import Workers
from painctl.shard.outputs import (
    Maker,
    Outputs,
    Tally,
    check_inputs,
    check_outputs,
    is_folder,
    make_outputs,
    reject_clashes,
)
from painctl.shard.people import People, PeopleCopier, Rows
from painctl.shard.pipe import LINE, NULL, data_stdout, input_shards, is_piped
from painctl.shard.reader import Shard
from painctl.shard.schema import FAILURES, TABLES
from painctl.shard.seal import ShardError
from painctl.shard.tables import read_topology
from painctl.shard.writer import ShardWriter

__all__ = [
    "LINE",
    "NULL",
    "Failed",
    "Outputs",
    "Rows",
    "Step",
    "Tally",
    "check_inputs",
    "check_outputs",
    "data_stdout",
    "failure_count",
    "is_folder",
    "is_made_by",
    "is_piped",
    "reject_clashes",
    "run",
    "transform",
]

# errors of the machine or the shard rather than of one person: they end the step
FATAL = (ShardError, OSError, MemoryError, ImportError)


@dataclass(frozen=True)
class Failed:
    """Yielded instead of the rows of a person for whom the step failed."""

    error: Exception

    @property
    def reason(self) -> str:
        """The error in one line, with its type unless it is a ValueError, whose text is written for users."""
        text = " ".join(str(self.error).split())
        return text if isinstance(self.error, ValueError) and text else f"{type(self.error).__name__}: {text}"


class AllFailed(ValueError):
    """The step failed for all people of a shard, so none is written; `failed` has the errors by name."""

    def __init__(self, source: Path, failed: dict[str, Failed]) -> None:
        name, first = next(iter(failed.items()))
        super().__init__(f"{source}: {name}: {first.reason}")
        self.failed = failed


class Step(AbstractContextManager["Step"], ABC):
    """A stage with its options: how the tables it needs become the tables it makes.

    A subclass states `stage`, `makes`, `needs` and `options`, and yields a person's rows. A step is a context manager,
    entered around all shards, for engines that hold a process.
    """

    stage: ClassVar[str]  # the subcommand
    makes: ClassVar[tuple[str, ...]]  # tables
    needs: tuple[str, ...]  # tables that a shard must have
    options: Mapping[str, Any]  # those that affect the output, for the history
    single: str = ""  # the option that keeps this step to one process, if any: its engine has a GPU or a process

    shard: Shard  # the one being read
    topology: Topology  # of that shard

    @abstractmethod
    def rows(self, row: int) -> Iterable[Rows]:
        """The output rows of the person in row `row` of identities; references in them are rows of `shard`.

        Any error means that the step failed for this person, except those in `FATAL`.
        """

    def open(self, shard: Shard) -> None:
        """Read what all people of a shard share, before any of their rows."""
        self.shard, self.topology = shard, read_topology(shard)

    def run(self, shard: Shard, people: Sequence[int]) -> Iterator[list[Rows] | Failed]:
        """For each of these rows of identities, in order, the person's output rows or the reason there are none."""
        self.open(shard)
        return rows_per_person(people, self.rows)

    def __exit__(self, *error: object) -> None:
        pass

    @property
    def record(self) -> dict[str, Any]:
        """The step's entry in the history of a shard."""
        return {"stage": self.stage, "version": __version__, **self.options}

    def dropped_tables(self, shard: Shard) -> list[str]:
        """The tables of later stages that `transform` leaves out of a shard."""
        order = [table for table in TABLES if table != FAILURES.name]
        first = min(order.index(table) for table in self.makes)
        return [table for table in order[first:] if table in shard.tables and table not in self.makes]


def rows_per_person(people: Iterable[int], rows: Callable[[int], Iterable[Rows]]) -> Iterator[list[Rows] | Failed]:
    """The output rows of each person, or the error. Raises errors in `FATAL`."""
    for row in people:
        result: list[Rows] | Failed
        try:
            result = list(rows(row))
        except FATAL:
            raise
        except Exception as error:
            result = Failed(error)
        yield result


class _PersonMaker:
    """Makes the rows of one person of a shard, in a worker process, which keeps the shard open for the next person."""

    def __init__(self, step: Step) -> None:
        self._step = step
        self._shard: Shard | None = None

    def __call__(self, task: tuple[Path, int]) -> list[Rows]:
        source, row = task
        if self._shard is None or self._shard.path != source:
            self._shard = Shard(source)
            self._step.open(self._shard)
        return list(self._step.rows(row))


PersonWorkers = Workers[tuple[Path, int], list[Rows]]


def person_workers(step: Step, count: int) -> PersonWorkers:
    """Processes that make the people of shards by this step."""
    return Workers(_PersonMaker(step), count)


def _shared_out(workers: PersonWorkers, source: Path, people: Sequence[int]) -> Iterator[list[Rows] | Failed]:
    """What `Step.run` yields, made by workers. Raises errors in `FATAL`."""
    for result in workers.map([(source, row) for row in people]):
        if isinstance(result, FATAL):
            raise result
        yield Failed(result) if isinstance(result, Exception) else result


def transform(
    step: Step,
    source: Path,
    target: Path,
    tick: Callable[[], None] = lambda: None,
    retry: bool = False,
    workers: PersonWorkers | None = None,
) -> dict[str, Failed]:
    """Apply a step to a shard; returns the people for whom it failed, by name. `tick` is called after each person.

    The target is complete or absent. Tables of later stages are dropped, since they were made from what the step
    replaces. With `retry`, people that the target already has are copied from it. `workers` share the people; without
    them, all are made in this process.

    Raises ShardError if the source is damaged, lacks a table or holds invalid values, and AllFailed if all failed.
    """
    if workers:
        workers.start()  # before a shard is open, since HDF5 must not be in use where a process is forked
    with contextlib.ExitStack() as open_shards:
        shard = open_shards.enter_context(Shard(source))
        shard.require(*step.needs)
        validate_shard(shard)
        people = People(shard)
        previous = People(open_shards.enter_context(Shard(target))) if retry else None
        finished = {key: row for row, key in enumerate(previous.keys)} if previous else {}
        out = open_shards.enter_context(ShardWriter(target, {**shard.attributes, **_attributes(step, shard)}))
        copier, failed = PeopleCopier(people, out), {}
        missing = [row for row, key in enumerate(people.keys) if key not in finished]
        results = _shared_out(workers, source, missing) if workers else step.run(shard, missing)
        for row, key in enumerate(people.keys):
            if previous and key in finished:
                copier.keep(row, [previous.rows(table, finished[key]) for table in step.makes])
            elif isinstance(result := next(results), Failed):
                failed[row] = result
            else:
                copier.keep(row, [people.relative(row, rows) for rows in result])
            tick()
        by_name = {shard.read("identities", "name", row): failure for row, failure in failed.items()}
        if failed and not copier.kept:
            raise AllFailed(source, by_name)
        before = list(TABLES)[: list(TABLES).index(step.makes[0])]
        copier.copy([table for table in before if table in shard.tables])
        _record_failures(out, shard, step.stage, failed)
        return by_name


def is_made_by(step: Step, source: Path, target: Path) -> bool:
    """Whether `target` is what `transform` would write. Raises ShardError if either is damaged."""
    with Shard(source) as shard, Shard(target) as finished:
        return all(finished.attributes.get(name) == value for name, value in _attributes(step, shard).items())


def failure_count(target: Path) -> int:
    """Number of people for whom the last stage of a shard failed."""
    with Shard(target) as shard:
        stages = shard.read(FAILURES.name, "stage") if shard.rows(FAILURES.name) else []
        return stages.count(shard.attributes["stage"])


def run(
    step: Step, inputs: Sequence[Path] | None, outputs: Outputs, out: BinaryIO, reporter: Reporter, jobs: int = 1
) -> Tally:
    """Run a step on every input shard, as its subcommand does, with `jobs` processes that share the people of a shard.

    Raises as `make_outputs` and `input_shards`, and UsageError if the step works in one process only.
    """
    if jobs > 1 and step.single:
        raise UsageError(f"--jobs {jobs}: {step.single} works in one process; leave --jobs out")
    keep_freed_memory()
    with contextlib.ExitStack() as stack:
        stack.enter_context(step)
        workers = stack.enter_context(person_workers(step, jobs)) if jobs > 1 else None
        sources = stack.enter_context(input_shards(inputs, outputs.path_end))
        return make_outputs(sources, outputs, _StepMaker(step, outputs.retry, reporter, workers), out, reporter)


class _StepMaker(Maker):
    """Applies a step, and reports the people for whom it failed."""

    def __init__(self, step: Step, retry: bool, reporter: Reporter, workers: PersonWorkers | None = None) -> None:
        self._step, self._retry, self._reporter, self._workers = step, retry, reporter, workers

    def make(self, source: Path, target: Path) -> None:
        _reject_same_file(source, target)
        with Shard(source) as shard:
            shard.require(*self._step.needs)  # before reporting what is dropped
            self._reporter.expect(shard.rows("identities"))
            if dropped := self._step.dropped_tables(shard):
                self._reporter.say(
                    f"{source}: dropping its {' and '.join(dropped)}, made from data that this step replaces"
                )
        all_failed = None
        try:
            retry = self._retry and target.exists()
            failed = transform(self._step, source, target, self._reporter.tick, retry, self._workers)
        except AllFailed as error:
            all_failed, failed = Reported(FAILED), error.failed
        for name, failure in failed.items():
            self._reporter.error(failure.error, f"{source}: {name}")
        if all_failed:
            raise all_failed

    def is_made(self, source: Path, target: Path) -> bool:
        _reject_same_file(source, target)
        return is_made_by(self._step, source, target)

    def failure_count(self, target: Path) -> int:
        return failure_count(target)


def _reject_same_file(source: Path, target: Path) -> None:
    if target.exists() and target.samefile(source):
        raise UsageError(f"{target}: is both input and output; choose another -o")


def _record_failures(out: ShardWriter, shard: Shard, stage: str, failed: Mapping[int, Failed]) -> None:
    """Write the failures of previous stages, then those of this one."""
    if FAILURES.name in shard.tables:
        out.copy(shard, FAILURES.name)
    for row, failure in failed.items():
        person = {name: [shard.read("identities", name, row)] for name in ("name", "seed", "identity")}
        reason = failure.reason.encode()[:256].decode(errors="ignore")
        out.append(FAILURES.name, {**person, "stage": [stage], "reason": [reason]})


def _attributes(step: Step, shard: Shard) -> dict[str, Any]:
    return {"stage": step.stage, "history": [*shard.history, step.record], "source": shard.content}
