"""pack: a dataset of gathered people as one HDF5 file, or as a folder that other people's loaders read."""

from __future__ import annotations

import contextlib
import importlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from painctl.dataset import census
from painctl.dataset.card import card, header
from painctl.dataset.gather import Plan, gathered
from painctl.dataset.person import Person
from painctl.files.scratch import replace_folder, scratch_folder
from painctl.shard.reader import Shard
from painctl.shard.schema import FORMAT_VERSION
from painctl.shard.writer import ShardWriter

FOLDERS = ("folder", "webdataset", "parquet")

_MANIFEST = "dataset.json"

Write = Callable[[Iterable[tuple[Person, int]], Path], dict[str, str]]


def pack(plan: Plan, target: Path, tick: Callable[[], None] = lambda: None) -> None:
    """Write the dataset as one HDF5 file: complete or absent. `tick` is called after each person."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with ShardWriter(target, {**_attributes(plan), "card": _card(plan)}) as out:
        with Shard(plan.people[0].path) as shard:
            out.copy(shard, "topology")
        for row, (person, split) in enumerate(gathered(plan)):
            first = {"identity_row": row, "expression_row": out.rows("expressions")}
            for table, columns in person.tables.items():
                out.append(table, {name: v + first[name] if name in first else v for name, v in columns.items()})
            out.append("split", {"split": [split]})
            tick()
        for failure in plan.failures:
            out.append("failures", {name: [value] for name, value in asdict(failure).items()})


def export(plan: Plan, target: Path, form: str, tick: Callable[[], None] = lambda: None) -> None:
    """Write the dataset as a folder of one of FOLDERS, with its card: complete or absent.

    A dataset of painctl that stands there is replaced. Raises FileExistsError if the folder holds anything else;
    ImportError if the format needs a package that is not installed.
    """
    write = exporter(form)
    target = target.resolve()
    check_replaceable(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    with scratch_folder(target) as part:
        content = part / "new"  # made with the usual permissions, which a temporary folder does not have
        content.mkdir()
        files = write(_ticked(gathered(plan), tick), content)
        (content / "README.md").write_text(header(plan.history, files) + _card(plan), encoding="utf-8")
        (content / _MANIFEST).write_text(json.dumps(_manifest(plan, form), indent=1, sort_keys=True) + "\n")
        replace_folder(target, content)


def exporter(form: str) -> Write:
    """The writer of a folder format. Raises ImportError if it needs a package that is not installed."""
    return importlib.import_module(f"painctl.dataset.{form}").write


def made_by(plan: Plan, target: Path, form: str) -> bool:
    """Whether `target` is what this plan would write. Raises ShardError for a damaged HDF5 file."""
    if form in FOLDERS:
        return manifest(target) == _manifest(plan, form)
    with Shard(target) as shard:
        return all(shard.attributes.get(name) == value for name, value in _attributes(plan).items())


def manifest(folder: Path) -> dict[str, Any] | None:
    """What a dataset that is a folder says of itself in its `dataset.json`; None if the folder is not a dataset."""
    with contextlib.suppress(OSError, ValueError):
        found = json.loads((folder / _MANIFEST).read_bytes())
        return found if isinstance(found, dict) and found.get("stage") == "pack" else None
    return None


def check_replaceable(folder: Path) -> None:
    """Raises FileExistsError unless the folder is absent, empty, or a dataset of painctl: nothing foreign is lost."""
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())) or manifest(folder):
        return
    raise FileExistsError(f"{folder}: holds what is not a dataset of painctl; name another folder")


def _attributes(plan: Plan) -> dict[str, Any]:
    return {"stage": "pack", "history": plan.history, "source": plan.content}


def _card(plan: Plan) -> str:
    return card(plan.members, [(f.name, f.stage, f.reason) for f in plan.failures], plan.history, plan.content)


def _manifest(plan: Plan, form: str) -> dict[str, Any]:
    counts = census.summary(plan.members)
    return {"format": form, "format_version": FORMAT_VERSION, **_attributes(plan), **counts}


def _ticked(people: Iterable[tuple[Person, int]], tick: Callable[[], None]) -> Iterator[tuple[Person, int]]:
    for person in people:
        yield person
        tick()
