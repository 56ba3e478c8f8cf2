"""The formats of a packed dataset, and what a dataset states about itself in each of them."""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from painctl.dataset import census, croissant
from painctl.dataset.card import card, header, is_free
from painctl.dataset.gather import DatasetPlan
from painctl.dataset.person import Person
from painctl.extras import require
from painctl.files.leftovers import is_made_by_system
from painctl.files.scratch import replace_folder, scratch_folder
from painctl.files.text import json_text, read_json
from painctl.shard.reader import Shard
from painctl.shard.schema import FORMAT_VERSION

FOLDERS = ("folder", "webdataset", "parquet")  # formats that are folders, each a module of this package

MANIFEST = "dataset.json"

WritePeople = Callable[[Iterable[tuple[Person, int]], Path], dict[str, str]]


def exporter(form: str) -> WritePeople:
    """The writer of a folder format. Raises MissingExtra if it needs a package that is not installed."""
    if form == "parquet":
        require("parquet", "--format parquet")
    return importlib.import_module(f"painctl.dataset.{form}").write


def write_folder(plan: DatasetPlan, people: Iterable[tuple[Person, int]], target: Path, form: str) -> None:
    """Write people with their splits as a dataset folder of one of FOLDERS, with its card: complete or absent.

    Replaces a painctl dataset. Raises FileExistsError if the folder holds anything else, MissingExtra as `exporter`.
    """
    write = exporter(form)
    target = target.resolve()
    check_replaceable(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    with scratch_folder(target) as scratch:
        content = scratch / "new"  # made with the usual permissions, unlike a temporary folder
        content.mkdir()
        files = write(people, content)
        counts = census.summary(plan.members)
        front = header(plan.history, files, counts["frames"])
        (content / "README.md").write_text(front + plan_card(plan), encoding="utf-8")
        described = croissant.describe(form, counts, plan.content, is_free(plan.history))
        (content / croissant.CROISSANT).write_text(json_text(described, indent=1) + "\n")
        (content / MANIFEST).write_text(json_text(_manifest(plan, form), indent=1, sort_keys=True) + "\n")
        replace_folder(target, content)


def is_made_by(plan: DatasetPlan, target: Path, form: str) -> bool:
    """Whether `target` is what this plan would write. Raises ShardError for a damaged HDF5 file."""
    if form in FOLDERS:
        return manifest(target) == _manifest(plan, form)
    with Shard(target) as shard:
        return all(shard.attributes.get(name) == value for name, value in attributes(plan).items())


def manifest(folder: Path) -> dict[str, Any] | None:
    """The `dataset.json` of a dataset folder; None if the folder is not a painctl dataset."""
    with contextlib.suppress(OSError, ValueError):
        values = read_json(folder / MANIFEST)
        return values if isinstance(values, dict) and values.get("stage") == "pack" else None
    return None


def is_empty(folder: Path) -> bool:
    """Whether a path is a folder with nothing but what file managers leave there."""
    return folder.is_dir() and all(is_made_by_system(path) for path in folder.iterdir())


def check_replaceable(folder: Path) -> None:
    """Raises FileExistsError unless the folder is absent, empty or a painctl dataset, so that no other data is lost."""
    if not folder.exists() or is_empty(folder) or manifest(folder):
        return
    raise FileExistsError(f"{folder}: exists and is not a painctl dataset; choose another folder")


def attributes(plan: DatasetPlan) -> dict[str, Any]:
    """The root attributes of an HDF5 dataset, which are also in the manifest of a folder."""
    return {"stage": "pack", "history": plan.history, "source": plan.content}


def plan_card(plan: DatasetPlan) -> str:
    """The dataset card, in Markdown."""
    return card(plan.members, [(f.name, f.stage, f.reason) for f in plan.failures], plan.history, plan.content)


def _manifest(plan: DatasetPlan, form: str) -> dict[str, Any]:
    counts = census.summary(plan.members)
    return {"format": form, "format_version": FORMAT_VERSION, **attributes(plan), **counts}
