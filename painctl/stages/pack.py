"""pack: shards of people become one dataset, split, checked and described.

Two passes, one person at a time: `survey` reads and checks everything and decides the split, then `pack` writes.
People are in the order of (seed, identity), and what is said of the whole is said of people, never of shards: the
dataset is the same, byte for byte, however its people were cut into shards and in whatever order those came.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import itertools
import json
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from painctl import __version__
from painctl.dataset import census
from painctl.dataset.card import card, header
from painctl.dataset.census import Member
from painctl.dataset.checks import check_disjoint, check_person, check_references
from painctl.dataset.history import History, merge
from painctl.dataset.person import Person
from painctl.dataset.split import Key, assign, sizes
from painctl.shard.reader import Shard
from painctl.shard.schema import FORMAT_VERSION, SPLITS, TABLES
from painctl.shard.seal import ShardError
from painctl.shard.writer import ShardWriter

KEEP = ("meshes", "depth", "portraits", "textures")
FOLDERS = ("folder", "webdataset", "parquet")
MANIFEST = "dataset.json"

_NEEDED = ("identities", "expressions", "frames")


@dataclass(frozen=True)
class Options:
    """What shapes a dataset besides its shards."""

    ratios: tuple[float, ...] = (70, 20, 10)
    seed: int = 0
    keep: tuple[str, ...] = ()
    mix: bool = False  # whether later steps than sample-ids may have had different options

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables with rows of people that the dataset holds, in the order of the schema."""
        return tuple(table for table in TABLES if table in (*_NEEDED, *self.keep))


@dataclass(frozen=True)
class Found:
    """Where a person was found, and what is remembered of them between the passes."""

    path: Path
    shard: str  # content of the shard
    row: int
    key: Key
    name: str
    content: str
    face: bytes
    member: Member


@dataclass(frozen=True)
class Plan:
    """A dataset that was checked and may be written: its people in order, with their splits."""

    people: tuple[Found, ...]
    options: Options
    history: History
    content: str  # sha256 of all people, in hex

    @property
    def members(self) -> list[Member]:
        return [found.member for found in self.people]

    @property
    def attributes(self) -> dict[str, Any]:
        """The root attributes of the dataset, but for its card."""
        return {"stage": "pack", "history": self.history, "source": self.content}

    def manifest(self, form: str) -> dict[str, Any]:
        """What stands in the `dataset.json` of a dataset that is a folder."""
        splits = {name: sum(m.split == row for m in self.members) for row, name in enumerate(SPLITS)}
        scores = {score: sum(counts) for score, counts in census.pspi(self.members).items()}
        totals = census.totals(self.members)
        return {
            "format": form,
            "format_version": FORMAT_VERSION,
            **self.attributes,
            **totals,
            "splits": splits,
            "pspi": scores,
        }


def survey(shards: Sequence[Path], options: Options, tick: Callable[[], None] = lambda: None) -> Plan:
    """Read and check every shard and decide the split; `tick` is called after each person.

    Raises ShardError where a shard is damaged or lacks a table, and ValueError that names the shard and the person
    where a check fails, a person comes twice, or shards were made differently.
    """
    if not shards:
        raise ValueError("no shards to pack")
    sizes(0, options.ratios)
    people: dict[Key, Found] = {}
    histories: list[tuple[str, History]] = []
    topologies: dict[str, Path] = {}
    for path in shards:
        with Shard(path) as shard:
            shard.require("topology", *options.tables)
            histories.append((str(path), shard.history))
            topologies.setdefault(_digest(shard.read("topology", c.name) for c in TABLES["topology"].columns), path)
            if len(topologies) > 1:
                raise ValueError(f"{' and '.join(map(str, topologies.values()))}: heads of different topology")
            for found in _find(shard, options):
                other = people.setdefault(found.key, found)
                if other is not found:
                    how = "the same" if other.content == found.content else "different"
                    raise ValueError(f"{found.name} is in {other.path} and in {path}, with {how} content; leave one out")
                tick()
    ordered = [people[key] for key in sorted(people)]
    split = assign([f.key for f in ordered], [f.member.stratum for f in ordered], options.ratios, options.seed)
    check_disjoint([f.name for f in ordered], [f.face for f in ordered], split)
    record = {
        "stage": "pack",
        "version": __version__,
        "split": list(options.ratios),
        "split_seed": options.seed,
        "keep": list(options.keep),
    }
    return Plan(
        people=tuple(_placed(found, int(where)) for found, where in zip(ordered, split, strict=True)),
        options=options,
        history=[*merge(histories, options.mix), record],
        content=_digest([found.content for found in ordered]),
    )


def pack(plan: Plan, target: Path, tick: Callable[[], None] = lambda: None) -> None:
    """Write the dataset as one HDF5 file: complete or absent."""
    attributes = {**plan.attributes, "card": card(plan.members, plan.history, plan.content)}
    with ShardWriter(target, attributes) as out:
        with Shard(plan.people[0].path) as shard:
            out.copy(shard, "topology")
        for row, (person, split) in enumerate(_people(plan)):
            first = out.rows("expressions")
            for table, columns in person.tables.items():
                moved = dict(columns)
                if "identity_row" in columns:
                    moved["identity_row"] = columns["identity_row"] + row
                if "expression_row" in columns:
                    moved["expression_row"] = columns["expression_row"] + first
                out.append(table, moved)
            out.append("split", {"split": [split]})
            tick()


def export(plan: Plan, target: Path, form: str, tick: Callable[[], None] = lambda: None) -> None:
    """Write the dataset as a folder of one of FOLDERS, with its card: complete or absent.

    A dataset of this program that is there is replaced. Raises FileExistsError if anything else is in the folder;
    ImportError if the format needs a package that is not installed.
    """
    write = exporter(form)
    if not replaceable(target):
        raise FileExistsError(f"{target}: holds files that are not a dataset of painctl; name another folder")
    part = Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent))
    try:
        files = write(_ticked(_people(plan), tick), part)
        text = header(plan.history, files) + card(plan.members, plan.history, plan.content)
        (part / "README.md").write_text(text, encoding="utf-8")
        (part / MANIFEST).write_text(json.dumps(plan.manifest(form), indent=1, sort_keys=True) + "\n")
        part.chmod(0o755)
        _replace(part, target)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise


def exporter(form: str) -> Callable[[Iterable[tuple[Person, int]], Path], dict[str, str]]:
    """The writer of a folder format. Raises ImportError if it needs a package that is not installed."""
    return importlib.import_module(f"painctl.dataset.{form}").write


def made_by(plan: Plan, target: Path, form: str) -> bool:
    """Whether `target` is what this plan would write. Raises ShardError for a damaged HDF5 file."""
    if form == "h5":
        with Shard(target) as shard:
            return all(shard.attributes.get(name) == value for name, value in plan.attributes.items())
    return manifest(target) == plan.manifest(form)


def manifest(folder: Path) -> dict[str, Any] | None:
    """The `dataset.json` of a dataset that is a folder; None if it is not one."""
    with contextlib.suppress(OSError, ValueError):
        found = json.loads((folder / MANIFEST).read_bytes())
        return found if isinstance(found, dict) and found.get("stage") == "pack" else None
    return None


def replaceable(folder: Path) -> bool:
    """Whether nothing is lost if the folder is replaced: it is absent, empty, or a dataset of this program."""
    if not folder.exists():
        return True
    return folder.is_dir() and (next(folder.iterdir(), None) is None or manifest(folder) is not None)


def _replace(part: Path, target: Path) -> None:
    """Put a finished folder in the place of another; the old one is deleted only once the new one stands."""
    old = part.with_suffix(".old")
    if target.exists():
        target.rename(old)
    try:
        part.rename(target)
    except BaseException:
        if old.exists():
            old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _find(shard: Shard, options: Options) -> Iterator[Found]:
    """Each person of a shard, read and checked."""
    try:
        check_references(
            shard.rows("identities"),
            shard.read("expressions", "identity_row"),
            shard.read("frames", "identity_row"),
            shard.read("frames", "expression_row"),
        )
        for row in range(shard.rows("identities")):
            person = _person(shard, row, options.tables)
            check_person(person)
            scores = tuple(person.expressions["PSPI"].tolist())
            member = Member(person.stratum, -1, scores, len(person.frames["view"]) // len(scores))
            yield Found(
                shard.path, shard.content, row, person.key, person.name, person.content, person.face, member
            )
    except ShardError:
        raise
    except ValueError as error:
        raise ValueError(f"{shard.path}: {error}") from None


def _placed(found: Found, split: int) -> Found:
    member = found.member
    return Found(
        found.path,
        found.shard,
        found.row,
        found.key,
        found.name,
        found.content,
        found.face,
        Member(member.stratum, split, member.scores, member.views),
    )


def _people(plan: Plan) -> Iterator[tuple[Person, int]]:
    """The people of a plan in order, with their splits; a shard is opened once for people who follow each other."""
    for path, group in itertools.groupby(plan.people, key=lambda found: found.path):
        with Shard(path) as shard:
            for found in group:
                if shard.content != found.shard:
                    raise ShardError(f"{path}: changed while it was being packed; run this again")
                yield _person(shard, found.row, plan.options.tables), found.member.split


def _person(shard: Shard, row: int, tables: Sequence[str]) -> Person:
    rows = {table: slice(row, row + 1) for table in tables}
    for table in ("expressions", "frames"):
        owner = shard.read(table, "identity_row")
        rows[table] = slice(*np.searchsorted(owner, [row, row + 1]).tolist())
    found = {
        table: {column.name: shard.read(table, column.name, rows[table]) for column in TABLES[table].columns}
        for table in tables
    }
    for table in ("expressions", "frames"):
        found[table]["identity_row"] -= row
    found["frames"]["expression_row"] -= rows["expressions"].start
    return Person(found)


def _ticked(people: Iterable[tuple[Person, int]], tick: Callable[[], None]) -> Iterator[tuple[Person, int]]:
    for person in people:
        yield person
        tick()


def _digest(parts: Iterable[Any]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(hashlib.sha256(part.tobytes() if isinstance(part, np.ndarray) else repr(part).encode()).digest())
    return digest.hexdigest()
