"""One shard in, one shard out: what every stage between sample-ids and pack does alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from painctl import __version__
from painctl.shard.reader import Shard
from painctl.shard.schema import TABLES
from painctl.shard.writer import ShardWriter


@dataclass(frozen=True)
class Step:
    """A stage with its options: how it turns the tables it needs into the tables it makes.

    `run` appends rows to the writer and yields once a person. `options` are those that shape the output; they go
    into the history, and paths, shard sizes and task numbers do not.
    """

    stage: str
    needs: tuple[str, ...]
    makes: tuple[str, ...]
    options: Mapping[str, Any]
    run: Callable[[Shard, ShardWriter], Iterator[None]]

    @property
    def record(self) -> dict[str, Any]:
        """This step's entry in the history of a shard."""
        return {"stage": self.stage, "version": __version__, **self.options}

    def drops(self, shard: Shard) -> list[str]:
        """The tables of later stages that `transform` leaves out of a shard."""
        order = list(TABLES)
        first = min(order.index(table) for table in self.makes)
        return [table for table in order[first:] if table in shard.tables and table not in self.makes]


def transform(step: Step, source: Path, target: Path, tick: Callable[[], None] = lambda: None) -> None:
    """Apply a step to a shard. The target is complete or absent; `tick` is called after each person.

    Tables of later stages are not carried over, since they were made from what the step replaces. Raises ShardError
    where the source is damaged or lacks a table.
    """
    with Shard(source) as shard:
        shard.require(*step.needs)
        attributes = {**shard.attributes, **_attributes(step, shard)}
        with ShardWriter(target, attributes) as out:
            for table in TABLES:
                if table in step.makes:
                    break
                if table in shard.tables:
                    out.copy(shard, table)
            for _ in step.run(shard, out):
                tick()


def made_by(step: Step, source: Path, target: Path) -> bool:
    """Whether `target` is what `transform` would write. Raises ShardError if either is damaged."""
    with Shard(source) as shard, Shard(target) as done:
        return all(done.attributes.get(name) == value for name, value in _attributes(step, shard).items())


def _attributes(step: Step, shard: Shard) -> dict[str, Any]:
    return {"stage": step.stage, "history": [*shard.history, step.record], "source": shard.content}
