"""One shard in, one shard out: what every stage between sample-ids and pack does alike.

A person who cannot be made does not stop the others: they are left out of the shard, which says so in its `failures`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from painctl import __version__
from painctl.dataset.validate import validate_shard
from painctl.shard.people import Carrier, People, Rows
from painctl.shard.reader import Shard
from painctl.shard.schema import FAILURES, TABLES
from painctl.shard.seal import ShardError
from painctl.shard.writer import ShardWriter

# what is wrong with the machine or the shard, and no fault of the person at hand: a step lets it through
OF_ALL = (ShardError, OSError, MemoryError, ImportError)


@dataclass(frozen=True)
class Failed:
    """What a step gives for a person it could not make."""

    error: Exception

    @property
    def reason(self) -> str:
        """In one line, with the kind of an error whose text was not written for people."""
        text = " ".join(str(self.error).split())
        return text if isinstance(self.error, ValueError) and text else f"{type(self.error).__name__}: {text}"


class NobodyMade(ValueError):
    """Everybody of a shard failed, so that there is none to write: `failed` has them by name."""

    def __init__(self, source: Path, failed: dict[str, Failed]) -> None:
        name, first = next(iter(failed.items()))
        super().__init__(f"{source}: {name}: {first.reason}")
        self.failed = failed


@dataclass(frozen=True)
class Step:
    """A stage with its options: how it turns the tables it needs into the tables it makes.

    `run` is given rows of `identities`, and yields for each in turn the person's rows or why there are none; their
    `identity_row` and `expression_row` are those of the shard that was given. `options` are those that shape the
    output; they go into the history, and paths, shard sizes and task numbers do not.
    """

    stage: str
    needs: tuple[str, ...]
    makes: tuple[str, ...]
    options: Mapping[str, Any]
    run: Callable[[Shard, Sequence[int]], Iterator[list[Rows] | Failed]]

    @property
    def record(self) -> dict[str, Any]:
        """This step's entry in the history of a shard."""
        return {"stage": self.stage, "version": __version__, **self.options}

    def drops(self, shard: Shard) -> list[str]:
        """The tables of later stages that `transform` leaves out of a shard."""
        order = [table for table in TABLES if table != FAILURES.name]
        first = min(order.index(table) for table in self.makes)
        return [table for table in order[first:] if table in shard.tables and table not in self.makes]


def each(people: Iterable[int], make: Callable[[int], Iterable[Rows]]) -> Iterator[list[Rows] | Failed]:
    """What `make` gives for each person by themselves, and their own errors."""
    for row in people:
        made: list[Rows] | Failed
        try:
            made = list(make(row))
        except OF_ALL:
            raise
        except Exception as error:
            made = Failed(error)
        yield made


def transform(
    step: Step, source: Path, target: Path, tick: Callable[[], None] = lambda: None, retry: bool = False
) -> dict[str, Failed]:
    """Apply a step to a shard; returns the people, by name, who failed. `tick` is called after each person.

    The target is complete or absent. Tables of later stages are not carried over, since they were made from what
    the step replaces. With `retry`, people whom the target already holds are taken from it.

    Raises ShardError where the source is damaged, lacks a table or holds what cannot be, and NobodyMade if all failed.
    """
    with contextlib.ExitStack() as open_shards:
        shard = open_shards.enter_context(Shard(source))
        shard.require(*step.needs)
        validate_shard(shard)
        people = People(shard)
        earlier = People(open_shards.enter_context(Shard(target))) if retry else None
        there = {key: row for row, key in enumerate(earlier.keys)} if earlier else {}
        out = open_shards.enter_context(ShardWriter(target, {**shard.attributes, **_attributes(step, shard)}))
        carrier, failed = Carrier(people, out), {}
        results = step.run(shard, [row for row, key in enumerate(people.keys) if key not in there])
        for row, key in enumerate(people.keys):
            if earlier and key in there:
                carrier.keep(row, [earlier.rows(table, there[key]) for table in step.makes])
            elif isinstance(result := next(results), Failed):
                failed[row] = result
            else:
                carrier.keep(row, [people.own(row, rows) for rows in result])
            tick()
        named = {shard.read("identities", "name", row): failure for row, failure in failed.items()}
        if failed and not carrier.kept:
            raise NobodyMade(source, named)
        before = list(TABLES)[: list(TABLES).index(step.makes[0])]
        carrier.copy([table for table in before if table in shard.tables])
        _record(out, shard, step.stage, failed)
        return named


def made_by(step: Step, source: Path, target: Path) -> bool:
    """Whether `target` is what `transform` would write. Raises ShardError if either is damaged."""
    with Shard(source) as shard, Shard(target) as done:
        return all(done.attributes.get(name) == value for name, value in _attributes(step, shard).items())


def failures(target: Path) -> int:
    """How many people the last stage of a shard could not make."""
    with Shard(target) as shard:
        stages = shard.read(FAILURES.name, "stage") if shard.rows(FAILURES.name) else []
        return stages.count(shard.attributes["stage"])


def _record(out: ShardWriter, shard: Shard, stage: str, failed: Mapping[int, Failed]) -> None:
    """The failures of earlier stages, then those of this one."""
    if FAILURES.name in shard.tables:
        out.copy(shard, FAILURES.name)
    for row, failure in failed.items():
        person = {name: [shard.read("identities", name, row)] for name in ("name", "seed", "identity")}
        reason = failure.reason.encode()[:256].decode(errors="ignore")
        out.append(FAILURES.name, {**person, "stage": [stage], "reason": [reason]})


def _attributes(step: Step, shard: Shard) -> dict[str, Any]:
    return {"stage": step.stage, "history": [*shard.history, step.record], "source": shard.content}
