"""pack: write a planned dataset as one HDF5 file, or as a folder in another format."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

from painctl.dataset.export import (
    FOLDERS,
    attributes,
    check_replaceable,
    exporter,
    made_by,
    manifest,
    plan_card,
    write_folder,
)
from painctl.dataset.gather import DatasetPlan, read_people
from painctl.dataset.person import Person
from painctl.shard.people import PeopleAppender
from painctl.shard.reader import Shard
from painctl.shard.writer import ShardWriter

__all__ = ["FOLDERS", "check_replaceable", "export", "exporter", "made_by", "manifest", "pack"]


def pack(plan: DatasetPlan, target: Path, tick: Callable[[], None] = lambda: None) -> None:
    """Write the dataset as one HDF5 file: complete or absent. `tick` is called after each person."""
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


def export(plan: DatasetPlan, target: Path, form: str, tick: Callable[[], None] = lambda: None) -> None:
    """Write the dataset as a folder of one of FOLDERS, as `write_folder` does; `tick` is called after each person."""

    def people() -> Iterator[tuple[Person, int]]:
        for person in read_people(plan):
            yield person
            tick()

    write_folder(plan, people(), target, form)
