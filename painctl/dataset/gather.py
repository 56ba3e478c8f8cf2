"""Everybody in any number of shards, read and checked one at a time, and placed in a split: what `pack` writes.

People are in the order of (seed, identity), and what is said of the whole is said of people, never of shards: a plan
is the same however its people were cut into shards and in whatever order those came.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from painctl import __version__
from painctl.dataset.census import Member
from painctl.dataset.checks import check_disjoint, check_person, check_references
from painctl.dataset.history import History, merge
from painctl.dataset.person import Person
from painctl.dataset.split import Key, assign, sizes
from painctl.dataset.validate import validate_shard
from painctl.shard.reader import Shard
from painctl.shard.schema import TABLES
from painctl.shard.seal import ShardError

KEEP = ("meshes", "depth", "portraits", "textures")


@dataclass(frozen=True)
class Options:
    """What shapes a dataset besides its shards."""

    ratios: tuple[float, ...] = (70, 20, 10)  # train, val, test
    seed: int = 0  # of the split
    keep: tuple[str, ...] = ()  # of KEEP
    mix: bool = False  # whether steps after the first may have had different options

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables with rows of people that the dataset holds, in the order of the schema."""
        return tuple(t for t in TABLES if t in ("identities", "expressions", "frames", *self.keep))


@dataclass(frozen=True)
class Found:
    """Where a person is, and what is remembered of them between reading and writing."""

    path: Path
    shard: str  # content of the shard
    row: int
    key: Key
    name: str
    content: str
    face: bytes
    member: Member


@dataclass(frozen=True, order=True)
class Failure:
    """A person whom a stage could not make: a row of `failures`."""

    seed: int
    identity: int
    name: str
    stage: str
    reason: str


@dataclass(frozen=True)
class Plan:
    """A dataset that was checked and may be written: its people in order, with their splits."""

    people: tuple[Found, ...]
    failures: tuple[Failure, ...]
    options: Options
    history: History
    content: str  # sha256 that stands for all people, in hex

    @property
    def members(self) -> list[Member]:
        return [found.member for found in self.people]


def plan_dataset(shards: Sequence[Path], options: Options, tick: Callable[[], None] = lambda: None) -> Plan:
    """Read and check every shard and decide the split; `tick` is called after each person.

    Raises ShardError where a shard is damaged or lacks a table, and ValueError that names the shard and the person
    where a check fails, a person comes twice, or shards were not made alike.
    """
    sizes(0, options.ratios)  # nonsense is told before hours of reading
    people: dict[Key, Found] = {}
    histories: list[tuple[str, History]] = []
    topologies: dict[str, Path] = {}
    failures: set[Failure] = set()
    for path in shards:
        with Shard(path) as shard:
            shard.require("topology", *options.tables)
            histories.append((str(path), shard.history))
            topologies.setdefault(_digest(shard.read("topology", c.name) for c in TABLES["topology"].columns), path)
            if len(topologies) > 1:
                raise ValueError(f"{' and '.join(map(str, topologies.values()))}: heads of different topology")
            failures |= _failures(shard)
            for found in _find(shard, options.tables):
                if found.key in people:
                    raise ValueError(_twice(people[found.key], found))
                people[found.key] = found
                tick()
            validate_shard(shard)  # last: the checks above name the person
    if not people:
        raise ValueError("there is nobody to pack: no shard came in, or all were empty")
    missing = sorted(failure for failure in failures if (failure.seed, failure.identity) not in people)
    return _plan([people[key] for key in sorted(people)], missing, merge(histories, options.mix), options)


def gathered(plan: Plan) -> Iterator[tuple[Person, int]]:
    """The people of a plan in order, with their splits; a shard is opened once for people who follow each other.

    Raises ShardError if a shard changed since the survey.
    """
    for path, group in itertools.groupby(plan.people, key=lambda found: found.path):
        members = list(group)
        with Shard(path) as shard:
            if shard.content != members[0].shard:
                raise ShardError(f"{path}: changed while it was being packed; run this again")
            people = _people(shard, [found.row for found in members], plan.options.tables)
            yield from zip(people, [found.member.split for found in members], strict=True)


def _plan(people: Sequence[Found], failures: Sequence[Failure], history: History, options: Options) -> Plan:
    keys, strata = [found.key for found in people], [found.member.stratum for found in people]
    split = assign(keys, strata, options.ratios, options.seed)
    check_disjoint([found.name for found in people], [found.face for found in people], split)
    record = {
        "stage": "pack",
        "version": __version__,
        "split": ",".join(f"{ratio:g}" for ratio in options.ratios),
        "split_seed": options.seed,
        "keep": [table for table in options.tables if table in options.keep],
    }
    placed = (replace(f, member=replace(f.member, split=int(row))) for f, row in zip(people, split, strict=True))
    content = _digest([*(found.content for found in people), *failures])
    return Plan(tuple(placed), tuple(failures), options, [*history, record], content)


def _failures(shard: Shard) -> set[Failure]:
    if not shard.rows("failures"):
        return set()
    columns = [shard.read("failures", field.name) for field in fields(Failure)]
    return {Failure(int(seed), int(identity), *told) for seed, identity, *told in zip(*columns, strict=True)}


def _find(shard: Shard, tables: Sequence[str]) -> Iterator[Found]:
    """Each person of a shard, read and checked."""
    owners = (shard.read("expressions", "identity_row"), shard.read("frames", "identity_row"))
    rows = range(shard.rows("identities"))
    try:
        check_references(len(rows), *owners, shard.read("frames", "expression_row"))
        for row, person in zip(rows, _people(shard, rows, tables), strict=True):
            check_person(person)
            scores = tuple(person.expressions["PSPI"].tolist())
            member = Member(person.stratum, 0, scores, len(person.frames["view"]) // len(scores))
            who = (person.key, person.name, person.content, person.face)
            yield Found(shard.path, shard.content, row, *who, member)
    except ShardError:
        raise
    except ValueError as error:
        raise ValueError(f"{shard.path}: {error}") from None


def _people(shard: Shard, rows: Iterable[int], tables: Sequence[str]) -> Iterator[Person]:
    """People of a shard whose references were checked."""
    owners = {table: shard.read(table, "identity_row") for table in ("expressions", "frames")}
    for row in rows:
        found: dict[str, dict[str, Any]] = {}
        for table in tables:
            owner = owners.get(table)
            bounds = (row, row + 1) if owner is None else np.searchsorted(owner, (row, row + 1)).tolist()
            found[table] = shard.read_rows(table, slice(*bounds))
            if table == "expressions":
                first = bounds[0]
        for table in owners:
            found[table]["identity_row"] -= row
        found["frames"]["expression_row"] -= first
        yield Person(found)


def _twice(one: Found, other: Found) -> str:
    how = "the same" if one.content == other.content else "other"
    return f"{other.name} is in {one.path} and again in {other.path}, with {how} content; leave one out"


def _digest(parts: Iterable[Any]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(hashlib.sha256(part.tobytes() if isinstance(part, np.ndarray) else repr(part).encode()).digest())
    return digest.hexdigest()
