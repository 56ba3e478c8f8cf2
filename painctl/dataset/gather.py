"""Plan a dataset from any number of shards: read and check every person, and assign each to a split.

People are sorted by (seed, identity), and a plan describes people, never shards: it does not depend on how they were
divided into shards or on the order of the shards.
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
from painctl.shard.people import People
from painctl.shard.reader import Shard
from painctl.shard.schema import TABLES
from painctl.shard.seal import ShardError

KEEP = ("meshes", "depth", "portraits", "textures")  # tables that a dataset can keep


@dataclass(frozen=True)
class PackOptions:
    """What determines a dataset besides its shards."""

    ratios: tuple[float, ...]  # train, val, test
    seed: int  # of the split
    keep: tuple[str, ...]  # of KEEP
    mix: bool  # allow shards whose steps after the first had different options

    @property
    def tables(self) -> tuple[str, ...]:
        """The per-person tables of the dataset, in the order of the schema."""
        return tuple(t for t in TABLES if t in ("identities", "expressions", "frames", *self.keep))


@dataclass(frozen=True)
class PersonLocation:
    """Where a person is stored, and what the plan remembers of them between reading and writing."""

    path: Path
    shard: str  # content of the shard, a sha256 in hex
    row: int  # of identities
    key: Key
    name: str
    content: str  # as `Person.content`
    face_digest: bytes  # as `Person.face_digest`
    member: Member


@dataclass(frozen=True, order=True)
class Failure:
    """A person for whom a stage failed: a row of `failures`. Its repr is part of the content of a plan."""

    seed: int
    identity: int
    name: str
    stage: str
    reason: str


@dataclass(frozen=True)
class DatasetPlan:
    """A dataset that passed every check and can be written: its people in order, with their splits."""

    people: tuple[PersonLocation, ...]
    failures: tuple[Failure, ...]
    options: PackOptions
    history: History
    content: str  # sha256 over all people, in hex

    @property
    def members(self) -> list[Member]:
        """What the card counts of each person, in the order of `people`."""
        return [person.member for person in self.people]


def plan_dataset(shards: Sequence[Path], options: PackOptions, tick: Callable[[], None] = lambda: None) -> DatasetPlan:
    """Read and check every shard and decide the split; `tick` is called after each person.

    Raises ShardError if a shard is damaged or lacks a table, and ValueError that names the shard and the person if a
    check fails, a person occurs twice, or the shards were made with different options.
    """
    sizes(0, options.ratios)  # raises for invalid ratios now, not after hours of reading
    people: dict[Key, PersonLocation] = {}
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
            for person in _locate(shard, options.tables):
                if person.key in people:
                    raise ValueError(_duplicate(people[person.key], person))
                people[person.key] = person
                tick()
            validate_shard(shard)  # last: the checks above name the person
    if not people:
        raise ValueError("no people to pack: there were no shards, or all were empty")
    missing = sorted(failure for failure in failures if (failure.seed, failure.identity) not in people)
    return _plan([people[key] for key in sorted(people)], missing, merge(histories, options.mix), options)


def read_people(plan: DatasetPlan) -> Iterator[tuple[Person, int]]:
    """The people of a plan in order, with their splits; consecutive people of a shard are read from one open file.

    Raises ShardError if a shard has changed since it was planned.
    """
    for path, group in itertools.groupby(plan.people, key=lambda person: person.path):
        locations = list(group)
        with Shard(path) as shard:
            if shard.content != locations[0].shard:
                raise ShardError(f"{path}: changed while it was being packed; rerun the command")
            people = _people(shard, [person.row for person in locations], plan.options.tables)
            yield from zip(people, [person.member.split for person in locations], strict=True)


def _plan(
    people: Sequence[PersonLocation], failures: Sequence[Failure], history: History, options: PackOptions
) -> DatasetPlan:
    keys, strata = [person.key for person in people], [person.member.stratum for person in people]
    split = assign(keys, strata, options.ratios, options.seed)
    check_disjoint([person.name for person in people], [person.face_digest for person in people], split)
    record = {
        "stage": "pack",
        "version": __version__,
        "split": ",".join(f"{ratio:g}" for ratio in options.ratios),
        "split_seed": options.seed,
        "keep": [table for table in options.tables if table in options.keep],
    }
    placed = (replace(p, member=replace(p.member, split=int(row))) for p, row in zip(people, split, strict=True))
    content = _digest([*(person.content for person in people), *failures])
    return DatasetPlan(tuple(placed), tuple(failures), options, [*history, record], content)


def _failures(shard: Shard) -> set[Failure]:
    if not shard.rows("failures"):
        return set()
    columns = [shard.read("failures", field.name) for field in fields(Failure)]
    return {Failure(int(seed), int(identity), *texts) for seed, identity, *texts in zip(*columns, strict=True)}


def _locate(shard: Shard, tables: Sequence[str]) -> Iterator[PersonLocation]:
    """Each person of a shard, read and checked."""
    owners = (shard.read("expressions", "identity_row"), shard.read("frames", "identity_row"))
    rows = range(shard.rows("identities"))
    try:
        check_references(len(rows), *owners, shard.read("frames", "expression_row"))
        for row, person in zip(rows, _people(shard, rows, tables), strict=True):
            check_person(person)
            scores = tuple(person.expressions["PSPI"].tolist())
            others = tuple(map(person.other, range(len(scores))))
            member = Member(person.stratum, 0, scores, len(person.frames["view"]) // len(scores), others)
            identity = (person.key, person.name, person.content, person.face_digest)
            yield PersonLocation(shard.path, shard.content, row, *identity, member)
    except ShardError:
        raise
    except ValueError as error:
        raise ValueError(f"{shard.path}: {error}") from None


def _people(shard: Shard, rows: Iterable[int], tables: Sequence[str]) -> Iterator[Person]:
    """People of a shard whose references have been checked."""
    people = People(shard)
    for row in rows:
        yield Person(dict(people.rows(table, row) for table in tables))


def _duplicate(first: PersonLocation, second: PersonLocation) -> str:
    content = "the same" if first.content == second.content else "different"
    return f"{second.name} is in {first.path} and again in {second.path}, with {content} content; leave one out"


def _digest(parts: Iterable[Any]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(hashlib.sha256(part.tobytes() if isinstance(part, np.ndarray) else repr(part).encode()).digest())
    return digest.hexdigest()
